import ArgumentParser
import LaresJSON
import LaresServer

struct BrokerCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "broker", abstract: say("cli.broker.abstract"), discussion: say("cli.broker.discussion"),
            subcommands: [Status.self, Accounts.self, Add.self, Remove.self], defaultSubcommand: Status.self)
    }

    struct Status: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.broker.status.abstract")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/broker")
            if json { return print(answer.serialized) }
            let connection = answer["connection"]
            print(say("cli.broker.\(connection?["state"]?.text ?? "waiting")", ["reason": connection?["reason"]?.text ?? "–"]))
            if let listening = answer["listening"]?.text { print(say("cli.broker.listening", ["address": listening])) }
            let clients = answer["clients"]?.elements ?? []
            guard !clients.isEmpty else { return }
            var table = TextTable(["cli.column.id", "cli.column.account", "cli.column.address"].map { say($0) })
            for client in clients {
                table.add([(client["id"]?.text ?? "").printable, client["account"]?.text?.printable ?? "–", client["address"]?.text ?? ""])
            }
            print(table.text)
        }
    }

    struct Accounts: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.broker.accounts.abstract")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let accounts = try await server.connection.ask("GET", "/lares/v1/broker/accounts")["accounts"]?.elements ?? []
            if accounts.isEmpty { return Terminal.note(say("cli.broker.accounts.none")) }
            var table = TextTable(["cli.column.account", "cli.column.topics"].map { say($0) })
            for account in accounts {
                table.add([account["name"]?.text ?? "", account["topics"]?.elements?.compactMap(\.text).joined(separator: ", ") ?? ""])
            }
            print(table.text)
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.broker.add.abstract"), discussion: say("cli.broker.add.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.broker.account")))
        var name: String

        @Option(parsing: .upToNextOption, help: ArgumentHelp(say("cli.broker.topics"), valueName: "topic"))
        var topics: [String] = []

        func run() async throws {
            let starts = topics.isEmpty ? [name] : topics
            let body: JSON = ["name": .string(name), "topics": .array(starts.map { .string($0) })]
            let answer = try await server.connection.ask("POST", "/lares/v1/broker/accounts", body)
            print(answer["password"]?.text ?? "")
            Terminal.note(say("cli.broker.once", ["name": name, "topics": starts.joined(separator: ", ")]))
        }
    }

    struct Remove: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.broker.remove.abstract"), aliases: ["rm"])
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.broker.account")))
        var name: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "/lares/v1/broker/accounts/\(ServerConnection.part(name))")
            print(say("cli.broker.removed", ["name": name]))
        }
    }
}
