import ArgumentParser
import Foundation
import LaresAccess
import LaresJSON
import LaresServer

/// `lares audit`: what was done to the place, and by whom.
struct AuditCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "audit", abstract: say("cli.audit.abstract"), discussion: say("cli.audit.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp(say("cli.audit.who"), valueName: "name"))
    var who: String?

    @Option(help: ArgumentHelp(say("cli.audit.act"), valueName: "act"))
    var act: String?

    @Option(help: ArgumentHelp(say("cli.audit.before"), valueName: "number"))
    var before: Int?

    @Option(help: ArgumentHelp(say("cli.audit.limit"), valueName: "number"))
    var limit = 50

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError(say("cli.audit.bad-limit")) }
    }

    func run() async throws {
        let log = try AuditLog(home: try common.folder())
        let entries = try log.entries(limit: limit, before: before, by: who, act: act.map { AuditAct($0) })
        if json { return print(JSON.array(entries.map(\.json)).serialized) }
        if entries.isEmpty { return Terminal.note(say("cli.audit.none")) }
        let heads = ["cli.audit.number", "cli.audit.time", "cli.audit.by", "cli.audit.what", "cli.audit.subject", "cli.audit.detail"]
        var table = TextTable(heads.map { say($0) }, numbers: [0])
        for entry in entries {
            table.add([
                "\(entry.number)", entry.time.formatted(.iso8601), entry.actor.printable, entry.act.description.printable,
                entry.subject.printable, entry.detail?.serialized.printable ?? "",
            ])
        }
        print(table.text)
    }
}
