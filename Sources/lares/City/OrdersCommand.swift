import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

/// `lares orders`: what actuators were ordered to do.
struct OrdersCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "orders", abstract: say("cli.orders.abstract"),
            subcommands: [Latest.self, One.self, Owners.self, Handovers.self, TakeOver.self, HandBack.self], defaultSubcommand: Latest.self)
    }

    struct Latest: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.orders.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.orders.actuator")))
        var actuator: String?

        @Option(help: ArgumentHelp(say("cli.orders.state")))
        var state: String?

        @Option(help: ArgumentHelp(say("cli.orders.limit")))
        var limit = 30

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            var query = "limit=\(limit)"
            for (name, value) in [("actuator", actuator), ("state", state)] {
                if let value { query += "&\(name)=\(ServerConnection.part(value))" }
            }
            let answer = try await server.connection.ask("GET", "/lares/v1/orders?\(query)")
            if json { return print(answer.serialized) }
            var table = TextTable(
                ["number", "time", "actuator", "value", "issuer", "state"].map { say("cli.orders.column.\($0)") }, numbers: [0])
            for order in answer["orders"]?.elements ?? [] { table.add(OrderText.row(order)) }
            print(table.text)
        }
    }

    struct One: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "show", abstract: say("cli.orders.show")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.orders.id")))
        var order: String

        func run() async throws {
            // Lists show numbers; an id that is a number is one all the same.
            if let number = Int(order), (1..<Int.max).contains(number) {
                let found = try await server.connection.ask("GET", "/lares/v1/orders?limit=1&before=\(number + 1)")["orders"]?.elements?
                    .first
                if let found, found["number"]?.number == Double(number) { return print(found.indented) }
            }
            print(try await server.connection.ask("GET", "/lares/v1/orders/\(ServerConnection.part(order))").indented)
        }
    }

    struct Owners: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.orders.owners")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/actuators")
            for one in answer["actuators"]?.elements ?? [] {
                print("\(one["actuator"]?.text?.printable ?? "")  \(OrderText.issuer(one["owner"]))  \(OrderText.time(one["since"]))")
            }
        }
    }

    struct Handovers: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.orders.handovers")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.orders.limit")))
        var limit = 30

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/handovers?limit=\(limit)")
            for one in answer["handovers"]?.elements ?? [] { print(OrderText.handover(one)) }
        }
    }

    struct TakeOver: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "take-over", abstract: say("cli.orders.take-over"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.orders.actuator")))
        var actuator: String

        @Option(help: ArgumentHelp(say("cli.orders.reason")))
        var reason: String?

        func run() async throws { print(OrderText.handover(try await OrderText.hand("take-over", actuator, reason, server.connection))) }
    }

    struct HandBack: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "hand-back", abstract: say("cli.orders.hand-back"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.orders.actuator")))
        var actuator: String

        @Option(help: ArgumentHelp(say("cli.orders.reason")))
        var reason: String?

        func run() async throws { print(OrderText.handover(try await OrderText.hand("hand-back", actuator, reason, server.connection))) }
    }
}

/// Orders in words for a terminal.
enum OrderText {
    static func row(_ order: JSON) -> [String] {
        [
            order["number"]?.whole.map { "\($0)" } ?? "–", time(order["ordered"]), (order["actuator"]?.text ?? "").printable,
            String((order["value"]?.serialized ?? "").prefix(40)).printable, issuer(order["issuer"]),
            say("cli.orders.state.\(order["state"]?.text ?? "ordered")") + (order["reason"]?.text.map { ": \($0.printable)" } ?? ""),
        ]
    }

    static func line(_ order: JSON) -> String { row(order).joined(separator: "  ") }

    static func issuer(_ json: JSON?) -> String {
        guard let name = json?["name"]?.text?.printable else { return "–" }
        guard let model = json?["model"]?.text?.printable else { return name }
        return "\(name) (\(model):\(json?["version"]?.whole.map { "\($0)" } ?? ""))"
    }

    static func time(_ seconds: JSON?) -> String { ThingText.time(seconds) }

    static func handover(_ one: JSON) -> String {
        let reason = one["reason"]?.text.map { ": \($0.printable)" } ?? ""
        return "\(time(one["at"]))  \(one["actuator"]?.text?.printable ?? "")  \(issuer(one["from"])) → \(issuer(one["to"]))\(reason)"
    }

    /// Has an actuator change hands.
    static func hand(_ what: String, _ actuator: String, _ reason: String?, _ connection: ServerConnection) async throws -> JSON {
        let parts = actuator.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw Failure("cli.orders.bad-actuator", ["actuator": actuator.printable]) }
        let path = "/lares/v1/actuators/\(ServerConnection.part(parts[0]))/\(ServerConnection.part(parts[1]))/\(what)"
        return try await connection.ask("POST", path, reason.map { ["reason": .string($0)] })
    }
}
