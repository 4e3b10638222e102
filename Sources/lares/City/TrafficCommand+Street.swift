import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

extension TrafficCommand {
    struct Order: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "phase", abstract: say("cli.traffic.phase")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.junction")))
        var junction: String

        @Argument(help: ArgumentHelp(say("cli.traffic.phase.number")))
        var phase: Int

        func run() async throws {
            let order: JSON = [
                "id": .string(UUID().uuidString), "actuator": .string("signal/\(junction)"), "value": ["phase": .int(phase)],
                "expires": .double(Date().timeIntervalSince1970 + 60),
            ]
            print(OrderText.line(try await server.connection.ask("POST", "/lares/v1/orders", order)))
        }
    }

    struct Events: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.traffic.events")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Option(help: ArgumentHelp(say("cli.orders.limit")))
        var limit = 30

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", "\(path)/events?limit=\(limit)")
            if json { return print(answer.serialized) }
            for event in answer["events"]?.elements ?? [] {
                print(
                    "\(OrderText.time(event["at"]))  \(event["junction"]?.text?.printable ?? "–")  \(event["text"]?.text?.printable ?? "")")
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.traffic.close")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.traffic.lane")))
        var lane: String?

        @Option(help: ArgumentHelp(say("cli.traffic.seconds")))
        var seconds = 600.0

        @Flag(help: ArgumentHelp(say("cli.traffic.vehicle")))
        var vehicle = false

        @Flag(help: ArgumentHelp(say("cli.traffic.reopen")))
        var reopen = false

        func run() async throws {
            let connection = server.connection
            guard let lane else { return try await list(connection) }
            guard !reopen else {
                _ = try await connection.ask("DELETE", "\(path)/closures/\(ServerConnection.part(lane))")
                return print(say("cli.traffic.reopened", ["lane": lane.printable]))
            }
            let body: JSON = ["lane": .string(lane), "seconds": .double(seconds), "by": vehicle ? "vehicle" : "signs"]
            _ = try await connection.ask("POST", "\(path)/closures", body)
            print(say(vehicle ? "cli.traffic.stands" : "cli.traffic.closed", ["lane": lane.printable, "seconds": "\(Int(seconds))"]))
        }

        /// What is closed now.
        private func list(_ connection: ServerConnection) async throws {
            let closures = try await connection.ask("GET", "\(path)/closures")["closures"]?.elements ?? []
            guard !closures.isEmpty else { return print(say("cli.traffic.no-closures")) }
            let now = try await connection.ask("GET", path)["time"]?.number ?? 0
            for one in closures {
                let left = max(0, (one["until"]?.number ?? now) - now)
                print(
                    say(
                        one["by"] == "vehicle" ? "cli.traffic.stands" : "cli.traffic.closed",
                        ["lane": one["lane"]?.text?.printable ?? "–", "seconds": "\(Int(min(1e9, left)))"]))
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.traffic.run")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.serve.traffic")), completion: .directory)
        var folder: String?

        @Option(help: ArgumentHelp(say("cli.traffic.speed")))
        var speed: Double?

        @Flag(help: ArgumentHelp(say("cli.traffic.leave")))
        var leave = false

        func validate() throws {
            guard leave != (folder != nil) || speed != nil else { throw ValidationError(say("cli.traffic.bad-run")) }
        }

        func run() async throws {
            var body = JSON.Members()
            if let folder { body.append("folder", .string(URL(filePath: folder).standardizedFileURL.path)) }
            if leave { body.append("folder", .null) }
            if let speed { body.append("speed", .double(speed)) }
            print(TrafficText.status(try await server.connection.ask("PATCH", path, .object(body))))
        }
    }
}

/// Junctions in words for a terminal.
enum TrafficText {
    static func status(_ status: JSON) -> String {
        say(
            "cli.traffic.status",
            [
                "name": status["scenario"]?.text?.printable ?? "–", "state": say("cli.traffic.state.\(status["state"]?.text ?? "off")"),
                "clock": status["clock"]?.text ?? "–", "speed": number(status["speed"]), "restarts": number(status["restarts"]),
            ]) + (status["trouble"]?.text.map { "\n" + $0.printable } ?? "") + violations(status["violations"]?.number ?? 0)
    }

    private static func violations(_ count: Double) -> String {
        count > 0 ? "\n" + say("cli.traffic.violations", ["n": number(.double(count))]) : ""
    }

    static func row(_ junction: JSON) -> [String] {
        [
            (junction["id"]?.text ?? "").printable, controller(junction), junction["stage"]?.text ?? "–", number(junction["phase"]),
            number(junction["queue"]), number(junction["delay"]), number(junction["throughput"]),
            junction["takenOver"] == true ? junction["owner"]?["name"]?.text?.printable ?? "–" : "–",
        ]
    }

    static func line(_ junction: JSON) -> String { row(junction).joined(separator: "  ") }

    /// All that an operator wants to know of a junction.
    static func whole(_ junction: JSON, _ heads: SignalHeads) -> String {
        let name = junction["id"]?.text ?? ""
        var lines = [
            say(
                "cli.traffic.one",
                [
                    "name": name.printable, "controller": controller(junction), "stage": junction["stage"]?.text ?? "–",
                    "sensors": junction["sensors"]?.text ?? "–",
                ]),
            say(
                "cli.traffic.one.now",
                [
                    "phase": number(junction["phase"]), "green": number(junction["green"]), "queue": number(junction["queue"]),
                    "vehicles": number(junction["vehicles"]), "delay": number(junction["delay"]),
                    "throughput": number(junction["throughput"]),
                ]),
        ]
        if junction["takenOver"] == true {
            lines.append(say("cli.traffic.one.taken", ["name": junction["owner"]?["name"]?.text?.printable ?? "–"]))
        }
        if let why = junction["fallBack"]?.text { lines.append(say("cli.traffic.one.fallback", ["why": why.printable])) }
        lines += shell(junction["shell"])
        return (lines + ["", lanes(junction), "", phases(junction, name, heads)]).joined(separator: "\n")
    }

    /// Whether its shell is proven, and why it isn't.
    private static func shell(_ shell: JSON?) -> [String] {
        guard let state = shell?["state"]?.text, ["proven", "proving", "unproven", "failed"].contains(state) else { return [] }
        return [say("cli.traffic.one.shell.\(state)", ["states": number(shell?["states"]), "why": shell?["why"]?.text?.printable ?? "–"])]
    }

    private static func lanes(_ junction: JSON) -> String {
        var table = TextTable(["lane", "queue", "waited", "loops"].map { say("cli.traffic.column.\($0)") }, numbers: [1, 2])
        for approach in junction["approaches"]?.elements ?? [] {
            let faults = (approach["loops"]?.elements ?? []).compactMap { $0["fault"]?.text?.printable }
            table.add([
                approach["lane"]?.text?.printable ?? "–", number(approach["standing"]), number(approach["waited"]),
                faults.isEmpty ? "–" : faults.joined(separator: ", "),
            ])
        }
        return table.text
    }

    /// The phases with the lanes that go in each.
    private static func phases(_ junction: JSON, _ name: String, _ heads: SignalHeads) -> String {
        var table = TextTable(["phase", "goes"].map { say("cli.traffic.column.\($0)") }, numbers: [0])
        for (place, letters) in (junction["phases"]?.elements ?? []).enumerated() {
            let lanes = heads.lanes(of: name).filter { _, links in links.contains { Junction.goes($0, in: letters.text ?? "") } }
            table.add(["\(place)", lanes.isEmpty ? "–" : lanes.keys.sorted().map(\.printable).joined(separator: " ")])
        }
        return table.text
    }

    private static func controller(_ junction: JSON) -> String {
        let name = junction["controller"]?.text ?? "–"
        guard let model = junction["model"]?["name"]?.text else { return name }
        return "\(name) (\(model.printable):\(number(junction["model"]?["version"])))"
    }

    private static func number(_ json: JSON?) -> String { json?.number.map { $0.formatted(.number.grouping(.never)) } ?? "–" }
}
