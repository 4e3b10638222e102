import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

/// `lares rules`: what the home does by itself, why it did it, and what it would have done.
struct RulesCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rules", abstract: say("cli.rules.abstract"), discussion: say("cli.rules.discussion"),
            subcommands: [
                All.self, Show.self, Save.self, On.self, Off.self, Start.self, Why.self, Replay.self, Make.self, Forget.self,
            ],
            defaultSubcommand: All.self)
    }

    fileprivate static let all = "/lares/v1/rules"

    fileprivate static func path(_ rule: String) -> String { "\(all)/\(ServerConnection.part(rule))" }

    /// "2026-11-30 22:05:16" by this machine's clock.
    fileprivate static func time(_ seconds: JSON?) -> String {
        guard let seconds = seconds?.number, seconds.isFinite, (0...7_258_118_400).contains(seconds) else { return "–" }
        let style = Date.VerbatimFormatStyle(
            format:
                "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
            timeZone: .current, calendar: Calendar(identifier: .gregorian))
        return Date(timeIntervalSince1970: seconds).formatted(style)
    }

    /// What can't work in a rule, a line for each.
    fileprivate static func warn(_ answer: JSON) {
        for warning in answer["warnings"]?.elements ?? [] {
            Terminal.note("\(warning["place"]?.text?.printable ?? ""): \(warning["message"]?.text?.printable ?? "")")
        }
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.rules.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", RulesCommand.all)
            if json { return print(answer.indented) }
            let rules = answer["rules"]?.elements ?? []
            if rules.isEmpty { return Terminal.note(say("cli.rules.none")) }
            var table = TextTable(["cli.column.rule", "cli.column.name", "cli.column.on", "cli.column.next"].map { say($0) })
            for kept in rules {
                let rule = kept["rule"], isOn = rule?["enabled"] != false
                table.add([
                    rule?["id"]?.text ?? "", rule?["name"]?.text?.printable ?? "", say(isOn ? "cli.things.yes" : "cli.things.no"),
                    isOn ? RulesCommand.time(kept["next"]) : "–",
                ])
            }
            print(table.text)
        }
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.rules.show")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        func run() async throws {
            let kept = try await server.connection.ask("GET", RulesCommand.path(rule))
            RulesCommand.warn(kept)
            print((kept["rule"] ?? kept).indented)
        }
    }

    struct Save: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.rules.save"), discussion: say("cli.rules.save.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.file")), completion: .file(extensions: ["json", "yaml", "yml"]))
        var file: String

        @Flag(name: .customLong("try"), help: ArgumentHelp(say("cli.rules.try")))
        var isTrial = false

        @Flag(help: ArgumentHelp(say("cli.rules.trusted")))
        var trusted = false

        func run() async throws {
            let connection = server.connection, isYAML = [".yaml", ".yml"].contains { file.lowercased().hasSuffix($0) }
            // YAML is a rule by itself; what is only tried, or trusted, is sent as JSON with what is wanted of it.
            if isYAML, !isTrial, !trusted {
                let bytes = try await connection.send("POST", RulesCommand.all, try JSONFile.bytes(file), as: "application/yaml")
                return report((try? JSON(parsing: bytes)) ?? .null)
            }
            guard !isYAML else { throw Failure("cli.rules.json-only", ["file": file]) }
            let body: JSON = ["rule": try JSONFile.read(file), "try": .bool(isTrial), "trusted": .bool(trusted)]
            report(try await connection.ask("POST", RulesCommand.all, body))
        }

        private func report(_ answer: JSON) {
            RulesCommand.warn(answer)
            guard isTrial else { return print(say("cli.rules.saved", ["rule": answer["rule"]?["id"]?.text ?? ""])) }
            print(say("cli.rules.tried"))
            for moment in answer["next"]?.elements ?? [] { print("  " + RulesCommand.time(moment)) }
        }
    }

    struct On: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.rules.on")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        func run() async throws { _ = try await server.connection.ask("PATCH", RulesCommand.path(rule), ["enabled": true]) }
    }

    struct Off: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.rules.off")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        @Option(name: .customLong("for"), help: ArgumentHelp(say("cli.rules.for"), valueName: "hours"))
        var hours: Double?

        func validate() throws {
            guard hours.map({ (0.01...8_760).contains($0) }) ?? true else { throw ValidationError(say("cli.rules.bad-hours")) }
        }

        func run() async throws {
            let body: JSON = if let hours { ["pause_seconds": .int(Int(hours * 3_600))] } else { ["enabled": false] }
            _ = try await server.connection.ask("PATCH", RulesCommand.path(rule), body)
        }
    }
}

extension RulesCommand {
    struct Start: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.rules.start")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        func run() async throws { _ = try await server.connection.ask("POST", RulesCommand.path(rule) + "/start", [:]) }
    }

    struct Why: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.rules.why")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        @Option(help: ArgumentHelp(say("cli.energy.limit")))
        var limit = 10

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", RulesCommand.path(rule) + "/traces")
            if json { return print(answer.indented) }
            let traces = answer["traces"]?.elements ?? []
            if traces.isEmpty { return Terminal.note(say("cli.rules.untriggered")) }
            for trace in traces.prefix(max(0, limit)) {
                print("\(RulesCommand.time(trace["time"]))  \(trace["because"]?.text?.printable ?? "")")
                print("  \(trace["sentence"]?.text?.printable ?? "")")
                for step in trace["steps"]?.elements ?? [] { print("    \(step["what"]?.text?.printable ?? "")") }
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.rules.replay"), discussion: say("cli.rules.replay.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.ruleOrFile")))
        var rule: String

        @Option(help: ArgumentHelp(say("cli.rules.days")))
        var days = 7.0

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func validate() throws {
            guard (0.01...400).contains(days) else { throw ValidationError(say("cli.rules.bad-days")) }
        }

        func run() async throws {
            let end = Date.now.timeIntervalSince1970
            var body: JSON.Members = ["from": .double(end - days * 86_400), "to": .double(end)]
            if rule.hasSuffix(".json") { body["rule"] = try JSONFile.read(rule) } else { body["id"] = .string(rule) }
            let answer = try await server.connection.ask("POST", "/lares/v1/replays", .object(body))
            if json { return print(answer.indented) }
            let deeds = answer["deeds"]?.elements ?? []
            for deed in deeds { print("\(RulesCommand.time(deed["time"]))  \(deed["does"]?.serialized.printable ?? "")") }
            Terminal.note(say("cli.rules.replayed", ["n": "\(deeds.count)", "traces": "\(answer["traces"]?.elements?.count ?? 0)"]))
            for gap in answer["unreplayable"]?.elements ?? [] {
                Terminal.note(
                    say(
                        "cli.rules.unreplayable",
                        ["place": gap["place"]?.text?.printable ?? "", "why": gap["message"]?.text?.printable ?? ""]))
            }
            if answer["cut"] == true { Terminal.note(say("cli.rules.cut", ["until": RulesCommand.time(answer["until"])])) }
        }
    }

    struct Make: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.rules.make"), discussion: say("cli.rules.make.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.blueprint")))
        var blueprint: String?

        @Argument(help: ArgumentHelp(say("cli.rules.inputs"), valueName: "input=value"))
        var inputs: [String] = []

        @Option(help: ArgumentHelp(say("cli.rules.name")))
        var name: String?

        func validate() throws {
            guard inputs.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else { throw ValidationError(say("cli.rules.bad-inputs")) }
        }

        func run() async throws {
            let known = try await server.connection.ask("GET", "/lares/v1/blueprints")["blueprints"]?.elements ?? []
            guard let blueprint else { return known.forEach(Self.show) }
            guard let found = known.first(where: { $0["id"]?.text == blueprint }) else {
                throw Failure(
                    "cli.rules.no-blueprint",
                    ["blueprint": blueprint, "known": known.compactMap { $0["id"]?.text }.joined(separator: ", ")])
            }
            var given = JSON.Members()
            for pair in inputs {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                given[parts[0]] = Self.value(parts[1], of: found["inputs"]?.elements?.first { $0["name"]?.text == parts[0] })
            }
            var body: JSON.Members = ["inputs": .object(given)]
            body["name"] = name.map { .string($0) }
            let answer = try await server.connection.ask("POST", "/lares/v1/blueprints/\(ServerConnection.part(blueprint))", .object(body))
            RulesCommand.warn(answer)
            print(say("cli.rules.saved", ["rule": answer["rule"]?["id"]?.text ?? ""]))
        }

        private static func show(_ blueprint: JSON) {
            print("\(blueprint["id"]?.text ?? "")  \(blueprint["name"]?.text ?? "")")
            for input in blueprint["inputs"]?.elements ?? [] {
                let usual = input["default"].flatMap { $0 == .null ? nil : " (\($0.text ?? $0.serialized))" } ?? ""
                print("  \(input["name"]?.text ?? "")  \(input["label"]?.text ?? "")\(usual)")
            }
        }

        /// What was typed, as the input wants it: a list by commas, a number, a text.
        private static func value(_ text: String, of input: JSON?) -> JSON {
            func one(_ part: String) -> JSON {
                guard ["number", "value"].contains(input?["kind"]?.text ?? "") else { return .string(part) }
                return (try? JSON(parsing: Array(part.utf8))) ?? .string(part)
            }
            guard input?["list"] == true else { return one(text) }
            return .array(text.split(separator: ",").map { one($0.trimmingCharacters(in: .whitespaces)) })
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "remove", abstract: say("cli.rules.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.rules.rule")))
        var rule: String

        func run() async throws { _ = try await server.connection.ask("DELETE", RulesCommand.path(rule)) }
    }
}
