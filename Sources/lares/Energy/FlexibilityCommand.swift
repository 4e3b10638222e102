import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

/// `lares energy limits`: what a city may have of the home.
struct EnergyLimits: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "limits", abstract: say("cli.energy.limits"), discussion: say("cli.energy.limits.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp(say("cli.energy.set-limits"), valueName: "file"), completion: .file(extensions: ["json"]))
    var set: String?

    func run() async throws {
        let path = "/lares/v1/flexibility/limits"
        if let set { return print(try await server.connection.ask("PUT", path, try JSONFile.read(set)).indented) }
        print(try await server.connection.ask("GET", path).indented)
    }
}

/// `lares energy answers`: what the home answered of late.
struct EnergyAnswers: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "answers", abstract: say("cli.energy.answers")) }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let answer = try await server.connection.ask("GET", "/lares/v1/flexibility/answers")
        if json { return print(answer.indented) }
        for one in answer["answers"]?.elements ?? [] {
            print(
                "\(one["from"]?.text ?? "")  \(EnergyText.number(one["offered_kw"], 2)) kW  \(EnergyText.number(one["awarded_kw"], 2)) kW  \(one["answer"]?.text ?? "")"
            )
        }
        if let trouble = answer["trouble"]?.text { Terminal.note(trouble.printable) }
    }
}

/// `lares flexibility`: what a city asks of homes.
struct FlexibilityCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "flexibility", abstract: say("cli.flexibility.abstract"), discussion: say("cli.flexibility.discussion"),
            subcommands: [All.self, Ask.self, Show.self, Award.self, Cancel.self], defaultSubcommand: All.self)
    }

    private static let path = "/lares/v1/flexibility/requests"

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.flexibility.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", path)
            if json { return print(answer.indented) }
            for one in answer["requests"]?.elements ?? [] {
                print(
                    "\(one["id"]?.text ?? "")  \(one["from"]?.text ?? "")  \(EnergyText.number(one["hours"], 0)) h  \(EnergyText.number(one["kw"], 1)) kW  \(one["state"]?.text ?? "")"
                )
            }
        }
    }

    struct Ask: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.flexibility.ask")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.flexibility.from")))
        var from: String

        @Argument(help: ArgumentHelp(say("cli.flexibility.kw")))
        var kw: Double

        @Option(help: ArgumentHelp(say("cli.flexibility.hours")))
        var hours = 1

        @Option(help: ArgumentHelp(say("cli.flexibility.payment")))
        var payment: Double?

        @Option(help: ArgumentHelp(say("cli.flexibility.answer-by")))
        var answerBy: String?

        @Option(help: ArgumentHelp(say("cli.flexibility.meter"), valueName: "property"))
        var meter: String?

        func run() async throws {
            var body: JSON.Members = ["from": .string(from), "hours": .int(hours), "kw": .double(kw)]
            body["payment"] = payment.map { .double($0) }
            body["answer_by"] = answerBy.map { .string($0) }
            body["meter"] = meter.map { .string($0) }
            print(try await server.connection.ask("POST", path, .object(body))["id"]?.text ?? "")
        }
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.flexibility.show")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.flexibility.request")))
        var request: String

        func run() async throws { print(try await server.connection.ask("GET", "\(path)/\(ServerConnection.part(request))").indented) }
    }

    struct Award: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.flexibility.award")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.flexibility.request")))
        var request: String

        func run() async throws {
            print(try await server.connection.ask("POST", "\(path)/\(ServerConnection.part(request))/award").indented)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.flexibility.cancel")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.flexibility.request")))
        var request: String

        func run() async throws { _ = try await server.connection.ask("DELETE", "\(path)/\(ServerConnection.part(request))") }
    }
}
