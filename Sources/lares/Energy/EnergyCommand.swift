import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

/// `lares energy`: the battery and what else follows a plan.
struct EnergyCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "energy", abstract: say("cli.energy.abstract"), discussion: say("cli.energy.discussion"),
            subcommands: [
                Control.self, Plan.self, History.self, TakeOver.self, HandBack.self, Replay.self, EnergyLimits.self, EnergyAnswers.self,
            ],
            defaultSubcommand: Control.self)
    }

    struct Control: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.energy.control")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.energy.set"), valueName: "file"), completion: .file(extensions: ["json"]))
        var set: String?

        @Option(help: ArgumentHelp(say("cli.energy.step-back"), valueName: "shadow|guarded"))
        var stepBack: String?

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let connection = server.connection, path = "/lares/v1/energy/control"
            var answer: JSON?
            if let set { answer = try await connection.ask("PUT", path, try JSONFile.read(set)) }
            if let stepBack { answer = try await connection.ask("POST", path + "/step-back", ["stage": .string(stepBack)]) }
            let shown: JSON = if let answer { answer } else { try await connection.ask("GET", path) }
            if json { return print(shown.indented) }
            EnergyText.show(shown)
        }
    }

    struct Plan: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.energy.plan")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/energy/control/plan")
            if json { return print(answer.indented) }
            guard let hours = answer["plan"]?["hours"]?.elements, !hours.isEmpty else {
                return Terminal.note(say("cli.energy.no-plan"))
            }
            var table = TextTable(
                ["from", "price", "load", "solar", "error", "battery", "charge"].map { say("cli.energy.column.\($0)") },
                numbers: Set(1...6))
            for hour in hours {
                let charge = hour["charge"]?.number.map { ($0 * 100).fixed(0) + "%" } ?? "–"
                table.add(
                    [hour["from"]?.text ?? ""]
                        + ["price", "load_kwh", "solar_kwh", "error_kwh", "battery_kwh"].map { EnergyText.number(hour[$0], 3) } + [charge])
            }
            print(table.text)
        }
    }

    struct History: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.energy.history")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.energy.limit")))
        var limit = 24

        @Option(help: ArgumentHelp(say("cli.energy.kind")))
        var kind: String?

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let more = kind.map { "&kind=\(ServerConnection.part($0))" } ?? ""
            let answer = try await server.connection.ask("GET", "/lares/v1/energy/control/history?limit=\(limit)\(more)")
            if json { return print(answer.indented) }
            for entry in answer["entries"]?.elements ?? [] { print(EnergyText.line(entry)) }
        }
    }

    struct TakeOver: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "take-over", abstract: say("cli.energy.take-over"), discussion: say("cli.energy.take-over.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.energy.kw")))
        var kw: Double?

        @Option(help: ArgumentHelp(say("cli.energy.hours")))
        var hours: Double?

        @Option(help: ArgumentHelp(say("cli.energy.why")))
        var why: String?

        func run() async throws {
            var body = JSON.Members()
            body["kw"] = kw.map { .double($0) }
            body["hours"] = hours.map { .double($0) }
            body["why"] = why.map { .string($0) }
            EnergyText.show(try await server.connection.ask("POST", "/lares/v1/energy/control/take-over", .object(body)))
        }
    }

    struct HandBack: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "hand-back", abstract: say("cli.energy.hand-back"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.energy.why")))
        var why: String?

        func run() async throws {
            let body: JSON = ["why": .string(why ?? "")]
            EnergyText.show(try await server.connection.ask("POST", "/lares/v1/energy/control/hand-back", body))
        }
    }

    struct Replay: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.energy.replay"), discussion: say("cli.energy.replay.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.energy.capacity"), valueName: "kWh"))
        var capacity: Double?

        @Option(help: ArgumentHelp(say("cli.energy.power"), valueName: "kW"))
        var power: Double?

        @Option(help: ArgumentHelp(say("cli.energy.from"), valueName: "day"))
        var from: String?

        @Option(help: ArgumentHelp(say("cli.energy.through"), valueName: "day"))
        var through: String?

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let asked = [
                ("capacity_kwh", capacity.map { "\($0)" }), ("power_kw", power.map { "\($0)" }), ("from", from), ("through", through),
            ]
            let query = asked.compactMap { key, value in value.map { "\(key)=\(ServerConnection.part($0))" } }.joined(separator: "&")
            let answer = try await server.connection.ask("GET", "/lares/v1/energy/replay" + (query.isEmpty ? "" : "?" + query))
            if json { return print(answer.indented) }
            var table = TextTable(
                ["way", "cost", "bought", "sold", "cycles"].map { say("cli.energy.column.\($0)") }, numbers: Set(1...4))
            for way in ["without", "rule", "plan"] {
                let account = answer[way]
                table.add(
                    [say("cli.energy.way.\(way)"), EnergyText.number(account?["cost"], 2)]
                        + ["bought_kwh", "sold_kwh", "cycles"].map { EnergyText.number(account?[$0], 1) })
            }
            print(table.text)
            print(
                say(
                    "cli.energy.replayed",
                    [
                        "saved": EnergyText.number(answer["saved"], 2), "rule": EnergyText.number(answer["saved_to_rule"], 2),
                        "currency": answer["currency"]?.text ?? "", "hours": EnergyText.number(answer["hours"], 0),
                        "missing": EnergyText.number(answer["missing"], 0),
                    ]))
        }
    }
}

/// Energy control in words for a terminal.
enum EnergyText {
    static func number(_ value: JSON?, _ places: Int) -> String { value?.number?.fixed(places) ?? "–" }

    /// How it stands, in a few lines.
    static func show(_ shown: JSON) {
        guard shown["enabled"] == true else { return print(say("cli.energy.off")) }
        print(
            say(
                "cli.energy.stands",
                [
                    "stage": say("cli.energy.stage.\(shown["stage"]?.text ?? "shadow")"),
                    "mode": say("cli.energy.mode.\(shown["mode"]?.text ?? "automatic")"),
                    "days": number(shown["trial"]?["days"], 0), "needed": number(shown["trial"]?["needed"], 0),
                ]))
        if let takeover = shown["takeover"], let by = takeover["by"]?.text {
            print(say("cli.energy.taken", ["by": by.printable, "why": (takeover["why"]?.text ?? "").printable]))
        }
        if let battery = shown["battery"] {
            let charge = battery["charge"]?.number.map { ($0 * 100).fixed(0) + "%" } ?? "–"
            print(say("cli.energy.battery", ["charge": charge, "capacity": number(battery["capacity_kwh"], 1)]))
        }
        for order in shown["orders"]?.elements ?? [] { print("  " + self.order(order)) }
        let totals = shown["totals"]
        if totals?["hours"]?.number ?? 0 > 0 {
            print(
                say(
                    "cli.energy.totals",
                    [
                        "plan": number(totals?["plan"], 2), "rule": number(totals?["rule"], 2), "without": number(totals?["without"], 2),
                        "hours": number(totals?["hours"], 0),
                    ]))
        }
        for fault in shown["faults"]?.elements ?? [] { Terminal.note(say("cli.energy.fault", ["fault": fault.text ?? ""])) }
    }

    static func order(_ order: JSON) -> String {
        let trouble = order["trouble"]?.text.map { ": " + $0.printable } ?? ""
        return
            "\(order["device"]?.text ?? "")  \(number(order["kw"], 2)) kW  \(order["reason"]?.text ?? "")  \(order["state"]?.text ?? "")\(trouble)"
    }

    /// An entry of the history.
    static func line(_ entry: JSON) -> String {
        let time = ThingText.time(entry["time"]), kind = entry["kind"]?.text ?? ""
        func word(_ name: String) -> String { (entry[name]?.text ?? "").printable }
        let what =
            switch kind {
            case "decision":
                "\(word("stage"))  \(word("reason"))  \(number(entry["sent_kw"], 2)) kW (\(number(entry["ruled_kw"], 2)))  "
                    + (entry["faults"]?.elements ?? []).compactMap(\.text).joined(separator: ", ")
            case "order": order(entry)
            case "stage": "\(word("from")) → \(word("to"))  \(word("by"))"
            case "fault": word("fault")
            default: "\(word("by"))  \(word("why"))\(word("request"))  \(number(entry["kw"], 2))"
            }
        return "\(time)  \(kind)  \(what)"
    }
}
