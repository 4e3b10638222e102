public import Foundation
public import LaresThings
internal import Synchronization

/// Plays a virtual home: every device of it is a client of the broker, which announces itself, reports and does what it is told.
///
/// ```swift
/// let passwords = try await DemoAccounts.make(by: control)
/// let demo = DemoHome(DemoSettings(), broker: address, passwords: passwords)
/// try await demo.run { news in print(news.clock, news.temperature) }      // until its task is cancelled
/// ```
public struct DemoHome: Sendable {
    /// How it is played.
    public let settings: DemoSettings
    private let broker: BrokerAddress
    private let passwords: [String: String]
    private let clock: any TimeSource

    /// A home that ``run(telling:)`` plays.
    ///
    /// - Parameters:
    ///   - settings: How it is played.
    ///   - broker: Where the broker is; its user is used where there is no password for an account.
    ///   - passwords: Those of ``DemoAccounts/needed``, by their names.
    ///   - clock: What time it is.
    public init(_ settings: DemoSettings, broker: BrokerAddress, passwords: [String: String], clock: any TimeSource = SystemTime()) {
        (self.settings, self.broker, self.passwords, self.clock) = (settings, broker, passwords, clock)
    }

    /// The home as it is now, after the days that it has lived before.
    public func home(at now: Date) -> VirtualHome {
        var home = beginning(before: now)
        home.advance(to: now, step: 30)
        return home
    }

    /// The home as it was at the beginning of the first of its days.
    public func beginning(before now: Date) -> VirtualHome {
        let today = settings.site.zone.wall(at: Instant(flooring: now)).day
        let first = settings.site.zone.start(ofDay: today - min(60, max(0, settings.past)))
        return VirtualHome(at: settings.site, from: first.date, seed: settings.seed)
    }

    /// Plays until its task is cancelled.
    ///
    /// - Parameters:
    ///   - home: The home as it is now; nil: as it has lived by itself.
    ///   - telling: Told how the home stands, every few seconds.
    /// - Throws: ``ThingsError`` with `broker` when the system has no more file descriptors.
    public func run(_ home: VirtualHome? = nil, telling: @escaping @Sendable (DemoNews) -> Void = { _ in }) async throws(ThingsError) {
        let now = clock.now
        let devices = DemoDevices(language: settings.language, position: settings.site.position).all
        let stage = DemoStage(home ?? self.home(at: now), devices, at: now, speed: settings.speed)
        let shared = SharedStage(stage)
        var connections: [MQTTConnection] = []
        for (place, device) in devices.enumerated() {
            let player = DemoPlayer(place, device, on: shared, clock: clock)
            let connection = try MQTTConnection(
                mqtt(device.family, "demo-\(device.id)", will: device.presenceMessage(false)), receiver: player)
            connection.subscribe(player.filters)
            connections.append(connection)
        }
        await play(shared, connections, telling)
    }

    private func play(
        _ stage: SharedStage, _ connections: [MQTTConnection], _ telling: @escaping @Sendable (DemoNews) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.run() } }
            group.addTask {
                var rounds = 0
                while !Task.isCancelled {
                    let now = clock.now
                    for (device, message) in stage.mutex.withLock({ $0.pass(to: now) }) { connections[device].send(message) }
                    if rounds % 100 == 60 { telling(stage.mutex.withLock { $0.news(settings.language) }) }
                    rounds += 1
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            await group.waitForAll()
        }
    }

    private func mqtt(_ family: DemoFamily, _ client: String, will: MQTTMessage?) -> MQTTSettings {
        var address = broker
        if let password = passwords[family.rawValue] { (address.user, address.password) = (family.rawValue, password) }
        var settings = MQTTSettings(address: address, clientID: client)
        // What it was told while it was away is not done later.
        settings.sessionSeconds = 0
        settings.will = will
        return settings
    }
}

/// Taking it away again.
extension DemoHome {
    /// Empties what the broker keeps of the devices, so that they are gone; the accounts are removed by ``DemoAccounts/remove(by:)`` then.
    ///
    /// - Throws: ``ThingsError`` with `broker` when there is no connection within five seconds, or the broker doesn't allow it.
    public func clear() async throws(ThingsError) {
        let kept = DemoDevices(language: settings.language, position: settings.site.position).keptTopics
        for (family, topics) in kept {
            let connection = try MQTTConnection(mqtt(family, "\(family.rawValue)-clear", will: nil), receiver: Deaf())
            // Leaving the scope ends the connection.
            async let _ = connection.run()
            try await Self.empty(topics, by: connection)
        }
    }

    private static func empty(_ topics: [String], by connection: MQTTConnection) async throws(ThingsError) {
        for _ in 0..<1_000 where connection.status.state != .connected { try? await Task.sleep(for: .milliseconds(5)) }
        for topic in topics { try await connection.publish(MQTTMessage(topic, [], quality: .atLeastOnce, isRetained: true)) }
    }

    /// Hears nothing.
    private struct Deaf: MQTTReceiver {
        func receive(_ messages: [MQTTMessage]) throws {}
        func changed(_ status: MQTTStatus) {}
    }
}

extension DemoStage {
    /// How it stands.
    func news(_ language: DemoLanguage) -> DemoNews {
        let wall = home.zone.wall(at: Int(home.time))
        let names = language == .chinese ? ["小雅", "大明"] : ["Anna", "Ben"]
        return DemoNews(
            time: Int(home.time), clock: (wall.seconds / 3_600).twoDigits + ":" + (wall.seconds / 60 % 60).twoDigits,
            temperature: home.weather.temperature, load: home.energy.load.power, solar: home.energy.solar.power,
            people: Inhabitant.allCases.map { (names[$0.rawValue], "\(home.activity(of: $0))") },
            lamps: home.lamps.count(where: \.isOn), connected: connected, devices: devices.count)
    }
}
