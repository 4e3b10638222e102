import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer
import LaresThings
import UnixSignals

/// `lares demo home`: a virtual home for the Lares that runs.
struct Demo: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.demo.abstract"), subcommands: [DemoHomeCommand.self, DemoCityCommand.self])
    }
}

struct DemoHomeCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "home", abstract: say("cli.demo.home.abstract"), discussion: say("cli.demo.home.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp(say("cli.demo.seed")))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp(say("cli.demo.speed")))
    var speed = 1.0

    @Option(help: ArgumentHelp(say("cli.demo.language"), valueName: "en|zh"))
    var language: String?

    @Option(help: ArgumentHelp(say("cli.serve.position"), valueName: "latitude,longitude"))
    var position: String?

    @Option(help: ArgumentHelp(say("cli.serve.zone"), valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp(say("cli.demo.mqtt-url"), valueName: "url"))
    var mqttUrl: String?

    @Option(help: ArgumentHelp(say("cli.demo.days")))
    var days = 7

    @Flag(help: ArgumentHelp(say("cli.demo.remove")))
    var remove = false

    func validate() throws {
        guard (0.1...3_600).contains(speed), (0...60).contains(days) else { throw ValidationError(say("cli.demo.bad-speed")) }
        guard language.map({ DemoLanguage(rawValue: $0) != nil }) ?? true else {
            throw ValidationError(say("cli.bad-lang", ["lang": language ?? ""]))
        }
    }

    func run() async throws {
        let place = try await broker()
        let demo = DemoHome(try settings(), broker: place.address, passwords: place.passwords)
        guard remove else {
            var home = demo.beginning(before: .now)
            let past = days == 0 ? nil : DemoHistory(of: &home, until: .now, language: try settings().language)
            return try await play(demo, past == nil ? nil : home, past)
        }
        if mqttUrl == nil {
            try? await release()
            try? await unfurnish()
        }
        try await demo.clear()
        if !place.passwords.isEmpty { for account in DemoAccounts.needed { try await drop(account.name) } }
        print(say("cli.demo.removed"))
    }

    /// Where the broker is, and new passwords for the accounts that the devices use there; none where the broker isn't one that Lares runs.
    private func broker() async throws -> (address: BrokerAddress, passwords: [String: String]) {
        if let mqttUrl { return (try BrokerAddress(url: mqttUrl), [:]) }
        let answer = try await server.connection.ask("GET", "/lares/v1/broker")
        try answer.requireUsualDiscovery()
        guard let listening = answer["listening"]?.text, let colon = listening.lastIndex(of: ":"),
            let port = Int(listening[listening.index(after: colon)...])
        else { throw Failure("cli.demo.no-broker") }
        let host = String(listening[..<colon])
        var passwords: [String: String] = [:]
        let there = try await server.connection.ask("GET", "/lares/v1/broker/accounts")["accounts"]?.elements ?? []
        for account in DemoAccounts.needed {
            // The password of an earlier time can't be read again.
            if there.contains(where: { $0["name"]?.text == account.name }) { try await drop(account.name) }
            let body: JSON = ["name": .string(account.name), "topics": .array(account.topics.map { .string($0) })]
            passwords[account.name] = try await server.connection.ask("POST", "/lares/v1/broker/accounts", body)["password"]?.text
        }
        return (BrokerAddress(host: ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host, port: port), passwords)
    }

    private func drop(_ account: String) async throws {
        _ = try await server.connection.ask("DELETE", "/lares/v1/broker/accounts/\(ServerConnection.part(account))")
    }

    private func settings() throws -> DemoSettings {
        var settings = DemoSettings()
        (settings.seed, settings.speed) = (seed, speed)
        if days > 0 { settings.past = days }
        settings.language = language.flatMap(DemoLanguage.init(rawValue:)) ?? (words.language == .chinese ? .chinese : .english)
        let system = TimeZone.current.identifier
        settings.site = Site(
            zone: try TimeZoneRules(zone ?? (system == "GMT" ? "UTC" : system)),
            position: try position.map { try GeographicPosition(setting: $0) })
        return settings
    }

    private func play(_ demo: DemoHome, _ home: VirtualHome?, _ past: DemoHistory?) async throws {
        Terminal.note(say("cli.demo.begins", ["speed": speed.formatted()]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await demo.run(home) { Terminal.write(Self.line($0) + "\n") } }
            if let past, mqttUrl == nil { group.addTask { try await tell(past) } }
            group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return } }
            // The past is told soon; the home ends when it is told to.
            if past != nil, mqttUrl == nil { try await group.next() }
            try await group.next()
            group.cancelAll()
        }
        Terminal.note(say("cli.demo.ends"))
    }

    /// Gives the things a past, when the server has seen them.
    private func tell(_ past: DemoHistory) async throws {
        for _ in 0..<50 {
            let there = try await server.connection.ask("GET", "/lares/v1/things")["things"]?.elements?.count ?? 0
            if there >= past.model.count { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        var text = "time,thing,property,value\n", rest = past.pulses[...]
        for change in past.changes {
            while let next = rest.first, next.date < change.date {
                for pulse in next.pulses { text += Self.row(pulse.address, pulse.value, at: next.date + 0.001) }
                rest.removeFirst()
            }
            if let value = change.new { text += Self.row(change.address, value, at: change.date) }
        }
        let answer = try await server.connection.send("POST", "/lares/v1/history.csv", Array(text.utf8), as: "text/csv")
        Terminal.note(say("cli.demo.past", ["n": "\((try? JSON(parsing: answer))?["added"]?.whole ?? 0)"]))
        // Without a home's own say over its energy it plays all the same.
        try? await control()
        try? await furnish()
    }

    private static func row(_ address: PropertyAddress, _ value: PropertyValue, at date: Date) -> String {
        let cell =
            switch value {
            case .boolean(let flag): flag ? "true" : "false"
            case .number(let number): "\(number)"
            case .text(let text): "\"" + text.replacing("\"", with: "\"\"") + "\""
            case .color(let color): "\"\(color.hue),\(color.saturation)\""
            }
        return "\(date.timeIntervalSince1970),\(address.thing),\(address.property),\(cell)\n"
    }

    /// How the home stands: "19:32, 4.5 °C. Anna: cooking. Ben: away. 1,240 W taken, 0 W made, 5 lamps on; 49 of 49 devices connected."
    private static func line(_ news: DemoNews) -> String {
        let people = news.people.map { "\($0.name): \(say("cli.demo.does.\($0.activity)"))" }.joined(separator: ", ")
        return say(
            "cli.demo.line",
            [
                "clock": news.clock, "temperature": news.temperature.formatted(.number.precision(.fractionLength(1))), "people": people,
                "load": news.load.formatted(.number.precision(.fractionLength(0))),
                "solar": news.solar.formatted(.number.precision(.fractionLength(0))), "lamps": "\(news.lamps)",
                "connected": "\(news.connected)", "devices": "\(news.devices)",
            ])
    }
}

extension JSON {
    /// What a server says of its broker. Throws ``Failure`` where devices don't announce themselves as the virtual ones do.
    func requireUsualDiscovery() throws {
        guard let prefix = self["discovery_prefix"]?.text, prefix != DiscoveryPrefix.usual.description else { return }
        throw Failure("cli.demo.other-prefix", ["prefix": prefix])
    }
}
