public import Foundation
public import LaresThings
internal import Synchronization

/// The meters of the demonstration's homes, and the battery that they share, as a client of the broker.
public final class DistrictMeters: Sendable {
    private let homes: DistrictHomes
    private let connection: MQTTConnection
    private let leaks = Mutex<[Int: Date]>([:])
    private let battery: SharedBattery
    /// Seconds between two reports.
    private static let period = 10

    /// Meters that ``run()`` has report.
    ///
    /// - Parameters:
    ///   - broker: Where the broker is, with the account that is used.
    /// - Throws: ``ThingsError`` with `broker` when the system has no more file descriptors.
    public init(_ homes: DistrictHomes, broker: BrokerAddress) throws(ThingsError) {
        self.homes = homes
        var settings = MQTTSettings(address: broker, clientID: "demo-city")
        settings.sessionSeconds = 0
        battery = SharedBattery(DistrictBattery(language: homes.language))
        connection = try MQTTConnection(settings, receiver: battery)
        connection.subscribe([DistrictBattery.command])
    }

    /// What the homes used and made before, in watts.
    public func pastPower(of home: Int, until end: Date) -> [(date: Date, load: Double, solar: Double)] {
        homes.pastPower(of: home, until: end)
    }

    /// How many homes there are.
    public var count: Int { homes.count }

    /// Has water run, or no longer.
    public func leak(_ home: Int, isRunning: Bool) { leaks.withLock { $0[home] = isRunning ? $0[home] ?? Date() : nil } }

    /// Announces and reports until its task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connection.run() }
            group.addTask {
                await self.say(self.homes.announcements + [self.battery.announcement])
                while !Task.isCancelled {
                    let leaks = self.leaks.withLock { $0 }
                    for message in self.homes.reports(at: Date(), leaks: leaks) { self.connection.send(message) }
                    self.connection.send(self.battery.report(at: Date()))
                    try? await Task.sleep(for: .seconds(Self.period))
                }
            }
            // Whoever told it something waits for its word.
            group.addTask { for await _ in self.battery.orders { self.connection.send(self.battery.report(at: Date())) } }
            await group.waitForAll()
        }
    }

    /// Takes the homes away.
    public func clear() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connection.run() }
            group.addTask { await self.say(self.homes.removals + [DistrictBattery.removal]) }
            // The connection ends when everything is said.
            for _ in 0..<1 { await group.next() }
            group.cancelAll()
        }
    }

    private func say(_ messages: [MQTTMessage]) async {
        for _ in 0..<1_000 where connection.status.state != .connected { try? await Task.sleep(for: .milliseconds(5)) }
        for message in messages { try? await connection.publish(message) }
    }

    /// The battery, which hears what it is told and says so.
    private final class SharedBattery: MQTTReceiver {
        private let battery: Mutex<DistrictBattery>
        private let told: AsyncStream<Void>.Continuation
        /// Something for each time that it was told something.
        let orders: AsyncStream<Void>

        init(_ battery: DistrictBattery) {
            self.battery = Mutex(battery)
            (orders, told) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        }

        var announcement: MQTTMessage { battery.withLock(\.announcement) }

        func report(at now: Date) -> MQTTMessage { battery.withLock { $0.report(at: now) } }

        func receive(_ messages: [MQTTMessage]) throws {
            for message in messages where message.topic == DistrictBattery.command && !message.isRetained {
                guard let watts = Double(String(decoding: message.payload.prefix(64), as: UTF8.self)) else { continue }
                battery.withLock { $0.tell(watts, at: Date()) }
                told.yield()
            }
        }

        func changed(_ status: MQTTStatus) {}
    }
}
