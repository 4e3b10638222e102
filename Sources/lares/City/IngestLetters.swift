import ArgumentParser
import Foundation
import LaresJSON
import LaresServer
import LaresThings

/// Which dead letters of a data directory are meant.
struct LetterOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.ingest.letters.tenant")))
    var tenant: String?

    @Option(help: ArgumentHelp(say("cli.ingest.letters.reason")))
    var reason: String?

    var filter: DeadLetters.Filter { DeadLetters.Filter(tenant: tenant.map { $0 == "own" ? "" : $0 }, reason: reason) }
}

/// `lares ingest letters`: what a worker couldn't take, and why.
struct IngestLetters: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "letters", abstract: say("cli.ingest.letters.abstract"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var which: LetterOptions

    @Option(help: ArgumentHelp(say("cli.ingest.letters.limit")))
    var limit = 100

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError(say("cli.ingest.letters.bad-limit")) }
    }

    func run() async throws {
        let letters = try await DeadLetters(home: common.folder()).list(which.filter, limit: limit)
        if json { return print(JSON.array(letters.map { $0.json(showing: 1_000) }).serialized) }
        guard !letters.isEmpty else { return Terminal.note(say("cli.ingest.letters.none")) }
        var table = TextTable(
            ["letter", "time", "tenant", "source", "reason", "lines", "tries", "message"].map { say("cli.ingest.column.\($0)") },
            numbers: [0, 5, 6])
        for letter in letters {
            table.add([
                "\(letter.id)", letter.time.date.formatted(.iso8601), letter.tenant.isEmpty ? "own" : letter.tenant.printable,
                letter.source.printable, letter.fault.code.description, "\(letter.lines)", "\(letter.tries)",
                letter.fault.message.printable,
            ])
        }
        print(table.text)
    }
}

/// `lares ingest replay`: has the worker of a data directory try dead letters again.
struct IngestReplay: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "replay", abstract: say("cli.ingest.replay.abstract"), discussion: say("cli.ingest.replay.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var which: LetterOptions

    func run() async throws {
        let count = try await DeadLetters(home: common.folder()).want(which.filter)
        print(say(count == 0 ? "cli.ingest.letters.none" : "cli.ingest.replay.wanted", ["n": "\(count)"]))
    }
}
