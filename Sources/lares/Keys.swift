import ArgumentParser
import Foundation
import LaresAccess
import LaresJSON
import LaresServer

struct Keys: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            abstract: say("cli.keys.abstract"), discussion: say("cli.keys.discussion"),
            subcommands: [Add.self, ListKeys.self, Revoke.self], defaultSubcommand: ListKeys.self)
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.keys.add.abstract"), aliases: ["make"])
        }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.keys.name")))
        var name: String

        @Flag(help: ArgumentHelp(say("cli.keys.admin")))
        var admin = false

        @Option(help: ArgumentHelp(say("cli.keys.role")))
        var role: String?

        @Option(help: ArgumentHelp(say("cli.keys.person")))
        var person: String?

        @Option(help: ArgumentHelp(say("cli.keys.days")))
        var days: Int?

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func validate() throws {
            if let days, !(1...36_500).contains(days) { throw ValidationError(say("cli.keys.bad-days")) }
        }

        func run() async throws {
            let expires = days.map { Date(timeIntervalSinceNow: Double($0) * 86_400) }
            let role = try role.map { try Role(named: $0) } ?? (admin ? .owner : .viewer)
            let made = try common.keys().make(name: name, role: role, person: person, expires: expires)
            if json { return print((["key": made.key.json, "secret": .string(made.secret)] as JSON).serialized) }
            print(made.secret)
            Terminal.note(say("cli.keys.once", ["name": name]))
        }
    }

    struct ListKeys: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "list", abstract: say("cli.keys.list.abstract"), aliases: ["ls"])
        }

        @OptionGroup var common: CommonOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let keys = try common.keys().list()
            if json { return print(JSON.array(keys.map(\.json)).serialized) }
            if keys.isEmpty { return Terminal.note(say("cli.keys.none")) }
            var table = TextTable(
                ["cli.column.id", "cli.column.name", "cli.column.role", "cli.column.created", "cli.column.used", "cli.column.state"]
                    .map { say($0) })
            let now = Date()
            for key in keys {
                let state = key.revoked != nil ? "revoked" : key.isUsable(at: now) ? "usable" : "ended"
                table.add([
                    key.id, key.name, say(key.mayAdminister ? "cli.keys.role.admin" : "cli.keys.role.use"), key.created.formatted(.iso8601),
                    key.lastUsed?.formatted(.iso8601) ?? "–",
                    say("cli.keys.\(state)"),
                ])
            }
            print(table.text)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.keys.revoke.abstract")) }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.keys.name-or-id")))
        var key: String

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let revoked = try common.keys().revoke(key)
            if json { return print(revoked.json.serialized) }
            print(say("cli.keys.revoked-done", ["name": revoked.name]))
        }
    }
}
