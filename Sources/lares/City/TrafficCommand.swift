import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

/// `lares traffic`: the signals of the Lares that runs.
struct TrafficCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "traffic", abstract: say("cli.traffic.abstract"), discussion: say("cli.traffic.discussion"),
            subcommands: [
                Show.self, One.self, Configure.self, TakeOver.self, HandBack.self, Order.self, Events.self, Close.self, Run.self,
            ], defaultSubcommand: Show.self)
    }

    static let path = "/lares/v1/traffic"

    static func junction(_ name: String) -> String { path + "/junctions/" + ServerConnection.part(name) }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.traffic.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let status = try await server.connection.ask("GET", path)
            let junctions = try await server.connection.ask("GET", path + "/junctions")["junctions"] ?? .array([])
            if json { return print((["status": status, "junctions": junctions] as JSON).serialized) }
            print(TrafficText.status(status))
            let columns = ["junction", "controller", "stage", "phase", "queue", "delay", "throughput", "owner"]
            var table = TextTable(columns.map { say("cli.traffic.column.\($0)") }, numbers: [3, 4, 5, 6])
            for junction in junctions.elements ?? [] { table.add(TrafficText.row(junction)) }
            print(table.text)
        }
    }

    struct One: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "show", abstract: say("cli.traffic.show")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.junction")))
        var junction: String

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", TrafficCommand.junction(junction))
            if json { return print(answer.serialized) }
            let heads = SignalHeads((try? await server.connection.ask("GET", path + "/network")) ?? .null)
            print(TrafficText.whole(answer, heads))
        }
    }

    struct Configure: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "set", abstract: say("cli.traffic.set"), discussion: say("cli.traffic.set.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.junction")))
        var junction: String

        @Option(help: ArgumentHelp(say("cli.traffic.controller"), valueName: "name"))
        var controller: String?

        @Option(help: ArgumentHelp(say("cli.traffic.model"), valueName: "name:version"))
        var model: String?

        @Option(help: ArgumentHelp(say("cli.traffic.sensors"), valueName: "cameras|loops"))
        var sensors: String?

        @Option(help: ArgumentHelp(say("cli.traffic.stage"), valueName: "shadow|guarded|active"))
        var stage: String?

        @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.traffic.confirm")))
        var confirm = false

        func run() async throws {
            var body = JSON.Members()
            for (key, value) in [("controller", controller), ("model", model), ("sensors", sensors), ("stage", stage)] {
                if let value { body.append(key, .string(value)) }
            }
            if confirm { body.append("confirm", true) }
            let answer = try await server.connection.ask("PATCH", TrafficCommand.junction(junction), .object(body))
            print(TrafficText.line(answer))
        }
    }

    struct TakeOver: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "take-over", abstract: say("cli.traffic.take-over"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.junction")))
        var junction: String

        @Option(help: ArgumentHelp(say("cli.orders.reason")))
        var reason: String?

        func run() async throws {
            let body: JSON? = reason.map { ["reason": .string($0)] }
            print(TrafficText.line(try await server.connection.ask("POST", TrafficCommand.junction(junction) + "/take-over", body)))
        }
    }

    struct HandBack: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "hand-back", abstract: say("cli.traffic.hand-back"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.junction")))
        var junction: String

        @Option(help: ArgumentHelp(say("cli.orders.reason")))
        var reason: String?

        func run() async throws {
            let body: JSON? = reason.map { ["reason": .string($0)] }
            print(TrafficText.line(try await server.connection.ask("POST", TrafficCommand.junction(junction) + "/hand-back", body)))
        }
    }
}
