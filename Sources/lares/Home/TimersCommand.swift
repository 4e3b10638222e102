import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer

/// A length of time as people write it: "10m", "1h30m", "90s", or "90" for seconds.
struct SpanArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        guard let seconds = TimeSpan(argument)?.seconds ?? Double(argument), seconds.isFinite, seconds >= 0 else { return nil }
        self.seconds = seconds
    }
}

/// `lares timers`: what runs down, and commands that wait.
struct TimersCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "timers", abstract: say("cli.timers.abstract"), discussion: say("cli.timers.discussion"),
            subcommands: [All.self, Start.self, Pause.self, Resume.self, Add.self, Stop.self, Cancel.self], defaultSubcommand: All.self)
    }

    fileprivate static let timers = "/lares/v1/timers"

    fileprivate static func path(_ timer: Int) -> String { "\(timers)/\(timer)" }

    fileprivate static func left(_ timer: JSON) -> String { Amounts.clock(timer["seconds_left"]?.number ?? .nan) }

    fileprivate static func id(_ timer: JSON) -> String { timer["id"]?.serialized ?? "" }

    /// "4 Eggs: 4:59 left"
    fileprivate static func report(_ timer: JSON) {
        print(
            say(
                "cli.timers.is",
                ["id": TimersCommand.id(timer), "name": timer["name"]?.text?.printable ?? "", "left": left(timer)]))
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.timers.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let connection = server.connection
            let timers = try await connection.ask("GET", TimersCommand.timers)["timers"] ?? []
            let delayed = try await connection.ask("GET", "/lares/v1/delayed")["delayed"] ?? []
            if json { return print((["timers": timers, "delayed": delayed] as JSON).indented) }
            guard timers.elements?.isEmpty == false || delayed.elements?.isEmpty == false else {
                return Terminal.note(say("cli.timers.none"))
            }
            if let timers = timers.elements, !timers.isEmpty { print(table(of: timers)) }
            if let delayed = delayed.elements, !delayed.isEmpty { print(table(ofDelayed: delayed)) }
        }

        private func table(of timers: [JSON]) -> String {
            var table = TextTable(["cli.column.timer", "cli.column.name", "cli.column.state", "cli.column.left"].map { say($0) })
            for timer in timers {
                let state = say("cli.timers.\(timer["state"]?.text ?? "over")")
                table.add([TimersCommand.id(timer), timer["name"]?.text?.printable ?? "", state, TimersCommand.left(timer)])
            }
            return table.text
        }

        private func table(ofDelayed commands: [JSON]) -> String {
            var table = TextTable(["cli.column.waits", "cli.column.thing", "cli.column.value", "cli.column.left"].map { say($0) })
            for command in commands {
                var values: [String] = []
                if case .object(let set)? = command["set"] { values = set.map { "\($0.key)=\($0.value.text ?? $0.value.serialized)" } }
                let left = (command["at"]?.number ?? 0) - Date.now.timeIntervalSince1970
                table.add([
                    command["id"]?.text ?? "", command["thing"]?.text?.printable ?? "", values.joined(separator: " ").printable,
                    Amounts.clock(max(0, left)),
                ])
            }
            return table.text
        }
    }

    struct Start: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.start")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.span")))
        var span: SpanArgument

        @Argument(help: ArgumentHelp(say("cli.timers.name")))
        var name: [String] = []

        func run() async throws {
            let body: JSON = ["name": .string(name.joined(separator: " ")), "seconds": .double(span.seconds)]
            TimersCommand.report(try await server.connection.ask("POST", TimersCommand.timers, body))
        }
    }

    struct Pause: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.pause")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.timer")))
        var timer: Int

        func run() async throws {
            TimersCommand.report(try await server.connection.ask("POST", TimersCommand.path(timer), ["do": "pause"]))
        }
    }

    struct Resume: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.resume")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.timer")))
        var timer: Int

        func run() async throws {
            TimersCommand.report(try await server.connection.ask("POST", TimersCommand.path(timer), ["do": "resume"]))
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.add")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.timer")))
        var timer: Int

        @Argument(help: ArgumentHelp(say("cli.timers.span")))
        var span: SpanArgument

        func run() async throws {
            let body: JSON = ["do": "add", "seconds": .double(span.seconds)]
            TimersCommand.report(try await server.connection.ask("POST", TimersCommand.path(timer), body))
        }
    }

    struct Stop: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.stop")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.timer")))
        var timer: Int

        func run() async throws { _ = try await server.connection.ask("DELETE", TimersCommand.path(timer)) }
    }

    struct Cancel: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.timers.cancel")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.timers.command")))
        var command: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "/lares/v1/delayed/\(ServerConnection.part(command))")
        }
    }
}
