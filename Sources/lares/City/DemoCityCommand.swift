import ArgumentParser
import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresServer
import LaresStore
import LaresThings
import UnixSignals

/// `lares demo city`: a district for the Lares that runs.
struct DemoCityCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "city", abstract: say("cli.demo.city.abstract"), discussion: say("cli.demo.city.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp(say("cli.demo.city.seed")))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp(say("cli.traffic.speed")))
    var speed = 1.0

    @Option(help: ArgumentHelp(say("cli.demo.city.at"), valueName: "HH:MM"))
    var at: String?

    @Option(help: ArgumentHelp(say("cli.demo.city.energy"), valueName: "folder"), completion: .directory)
    var energy: String?

    @Option(help: ArgumentHelp(say("cli.demo.language"), valueName: "en|zh"))
    var language: String?

    @Flag(help: ArgumentHelp(say("cli.demo.city.calm")))
    var calm = false

    @Flag(help: ArgumentHelp(say("cli.demo.city.remove")))
    var remove = false

    func validate() throws {
        guard (0.1...100).contains(speed) else { throw ValidationError(say("cli.demo.city.bad-speed")) }
        guard at.map({ TimeOfDay($0) != nil }) ?? true else { throw ValidationError(say("cli.demo.city.bad-time")) }
        guard language.map({ DemoLanguage(rawValue: $0) != nil }) ?? true else {
            throw ValidationError(say("cli.bad-lang", ["lang": language ?? ""]))
        }
    }

    func run() async throws {
        let meters = try await meters()
        guard !remove else { return try await takeAway(meters) }
        let folder = try common.folder().directory("district")
        Terminal.note(say("cli.demo.city.makes"))
        try DistrictMaker(seed: seed).make(in: folder)
        _ = try await server.connection.ask(
            "PATCH", TrafficCommand.path, ["folder": .string(folder), "speed": .double(speed), "clock": at.map { .string($0) } ?? true])
        try await arrange()
        Terminal.note(say("cli.demo.city.begins", ["address": server.connection.address + "/city"]))
        try await play(meters)
        Terminal.note(say("cli.demo.city.ends"))
    }

    /// Gives every junction its controller, once the street runs.
    private func arrange() async throws {
        for attempt in 0... {
            let status = try await server.connection.ask("GET", TrafficCommand.path)
            if status["state"]?.text == "running", status["junctions"]?.number ?? 0 > 0 { break }
            guard attempt < 100 else { throw Failure("cli.demo.city.no-street", ["reason": status["trouble"]?.text?.printable ?? "–"]) }
            try await Task.sleep(for: .milliseconds(300))
        }
        for junction in DistrictPlan.junctions {
            var body: JSON.Members = [
                "controller": .string(junction.control.rawValue), "sensors": .string(junction.sensors.rawValue), "model": .null,
            ]
            // Trust is earned; a demonstration shows what it looks like when it is.
            if let stage = junction.stage { body.append("stage", .string(stage.rawValue)) }
            body.append("confirm", true)
            _ = try await server.connection.ask("PATCH", TrafficCommand.junction(junction.name), .object(body))
        }
    }

    private func play(_ meters: DistrictMeters?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let meters {
                group.addTask {
                    async let places: Void = placeHomes(meters.count)
                    async let water: Void = watchWater(meters.count)
                    async let energy: Void = controlEnergy(meters)
                    await meters.run()
                    _ = await (places, water, energy)
                }
            }
            group.addTask { try await trouble(meters) }
            group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return } }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Tells how the district stands, and has something go wrong every few minutes.
    private func trouble(_ meters: DistrictMeters?) async throws {
        var seconds = 0
        while !Task.isCancelled {
            if seconds % 60 == 0, !calm {
                for trouble in DistrictTrouble.all(inMinute: seconds / 60) { await begin(trouble, meters) }
            }
            if seconds % 10 == 5 { Terminal.write(try await line() + "\n") }
            try await Task.sleep(for: .seconds(5))
            seconds += 5
        }
    }

    /// What can't be made to go wrong goes well.
    private func begin(_ trouble: DistrictTrouble, _ meters: DistrictMeters?) async {
        switch trouble {
        case .leak(let home, let isRunning): meters?.leak(home, isRunning: isRunning)
        case .breakdown(let junction, let seconds): await close(await lanes(of: junction).first, by: "vehicle", seconds)
        case .closure(let junction, let seconds): await close(await lanes(of: junction).last, by: "signs", seconds)
        case .loop(let fault, let junction, let seconds):
            guard let lane = await lanes(of: junction).first else { return }
            let body: JSON = [
                "junction": .string(junction), "approach": .string(lane), "loop": 0, "fault": .string(fault.rawValue),
                "seconds": .double(seconds),
            ]
            _ = try? await server.connection.ask("POST", TrafficCommand.path + "/faults", body)
        }
    }

    private func close(_ lane: String?, by what: String, _ seconds: Double) async {
        guard let lane else { return }
        let body: JSON = ["lane": .string(lane), "seconds": .double(seconds), "by": .string(what)]
        _ = try? await server.connection.ask("POST", TrafficCommand.path + "/closures", body)
    }

    private func lanes(of junction: String) async -> [String] {
        let answer = try? await server.connection.ask("GET", TrafficCommand.junction(junction))
        return answer?["approaches"]?.elements?.compactMap { $0["lane"]?.text } ?? []
    }

    private func line() async throws -> String {
        let status = try await server.connection.ask("GET", TrafficCommand.path)
        let events = try await server.connection.ask("GET", TrafficCommand.path + "/events?limit=1")["events"]?.elements ?? []
        let last = events.first.map { event in
            [event["junction"]?.text, event["text"]?.text].compactMap { $0?.printable }.joined(separator: " ")
        }
        let alarms = try await server.connection.ask("GET", "/lares/v1/alarms")["alarms"]?.elements ?? []
        return say(
            "cli.demo.city.line",
            [
                "clock": status["clock"]?.text ?? "–", "standing": "\(Int(min(1e9, max(0, status["standing"]?.number ?? 0))))",
                "junctions": "\(status["junctions"]?.whole ?? 0)",
                "state": say("cli.traffic.state.\(status["state"]?.text ?? "off")"),
                "event": last ?? "–", "alarms": "\(alarms.count { $0["cleared_at"]?.number == nil })",
            ])
    }
}

extension DemoCityCommand {
    /// The meters of a few homes; nil where there are no data of them, or no broker that Lares runs.
    private func meters() async throws -> DistrictMeters? {
        let folder = energy ?? ".build/citylearn"
        guard FileManager.default.fileExists(atPath: folder + "/schema.json") else {
            if energy != nil { throw Failure("cli.settings.no-file", ["file": folder + "/schema.json"]) }
            Terminal.note(say("cli.demo.city.no-energy"))
            return nil
        }
        let language = language.flatMap(DemoLanguage.init(rawValue:)) ?? (words.language == .chinese ? .chinese : .english)
        let homes = try DistrictHomes(contentsOf: folder, language: language)
        let connection = server.connection
        let broker = try await connection.ask("GET", "/lares/v1/broker")
        try broker.requireUsualDiscovery()
        guard let listening = broker["listening"]?.text, let colon = listening.lastIndex(of: ":"),
            let port = Int(listening[listening.index(after: colon)...])
        else { return nil }
        let (name, host) = (DistrictHomes.account, String(listening[..<colon]))
        let there = try await connection.ask("GET", "/lares/v1/broker/accounts")["accounts"]?.elements ?? []
        // The password of an earlier time can't be read again.
        if there.contains(where: { $0["name"]?.text == name }) { try await drop() }
        let made = try await connection.ask("POST", "/lares/v1/broker/accounts", ["name": .string(name), "topics": [.string(name)]])
        var address = BrokerAddress(host: ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host, port: port)
        (address.user, address.password) = (name, made["password"]?.text)
        return try DistrictMeters(homes, broker: address)
    }

    private func drop() async throws {
        _ = try await server.connection.ask("DELETE", "/lares/v1/broker/accounts/\(DistrictHomes.account)")
    }

    private func takeAway(_ meters: DistrictMeters?) async throws {
        _ = try await server.connection.ask("PATCH", TrafficCommand.path, ["folder": .null])
        await releaseEnergy()
        await removeHomes()
        await unwatchWater()
        if let meters {
            await meters.clear()
            try await drop()
        }
        print(say("cli.demo.city.removed"))
    }
}
