public import LaresStore

/// What a running home consists of: the home itself, its connection, and the broker where Lares runs one.
///
/// ```swift
/// let services = try await HomeServices(in: LaresHome(), broker: .own(BrokerSettings()), broker: .own(BrokerSettings()))
/// await services.run()                // until its task is cancelled
/// ```
public struct HomeServices: Sendable {
    /// Which broker is used.
    public enum Broker: Sendable {
        /// One that Lares starts and watches.
        case own(BrokerSettings)
        /// One that is there already.
        case other(BrokerAddress)
    }

    /// The home.
    public let home: Home
    /// What it keeps.
    public let store: HomeStore
    /// Its connection to the broker.
    public let connection: MQTTConnection
    /// The histories of its things.
    public let telemetry: SQLiteTelemetry
    /// The broker that Lares runs; nil: it is another one.
    public let broker: BrokerProcess?
    private let clock: any TimeSource

    /// A home as it was left.
    ///
    /// - Throws: ``ThingsError`` with `broker` when mosquitto isn't there; an error of a database.
    public init(
        in folder: LaresHome, broker: Broker, readers: [any DiscoveryReader] = [HomeAssistantDiscovery(), TasmotaDiscovery()],
        clock: any TimeSource = SystemTime()
    ) async throws {
        let address: BrokerAddress
        switch broker {
        case .own(let settings):
            let process = try BrokerProcess(settings, home: folder, clock: clock)
            (self.broker, address) = (process, process.address)
        case .other(let other): (self.broker, address) = (nil, other)
        }
        let store = try HomeStore(home: folder)
        self.store = store
        self.clock = clock
        let telemetry = try SQLiteTelemetry(home: folder)
        self.telemetry = telemetry
        home = try Home(store: store, recorder: TelemetryRecorder(telemetry), readers: readers, clock: clock)
        try await home.catchUp(with: telemetry)
        var settings = MQTTSettings(address: address, clientID: try store.clientID())
        if let own = self.broker { settings.obstacle = { own.obstacle } }
        settings.will = MQTTMessage("homeassistant/status", "offline")
        connection = try MQTTConnection(settings, receiver: home)
        home.connect(connection)
    }

    /// Where accounts of devices are made; nil: the broker isn't ours.
    public var control: BrokerControl? { broker.map { BrokerControl($0.controlAddress) } }

    /// Once a day, deletes what isn't kept any longer.
    private func tidy() async {
        while true {
            do { try await Task.sleep(for: .seconds(86_400)) } catch { return }
            _ = try? await telemetry.compact(now: Timestamp(clock.now))
        }
    }

    /// Runs all of it until the task is cancelled. The broker is the last to go, so that what the home says in leaving is heard.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            let broker = Task { await self.broker?.run() }
            group.addTask { await self.connection.run() }
            group.addTask { await self.home.run() }
            group.addTask { await self.tidy() }
            await group.waitForAll()
            broker.cancel()
            await broker.value
        }
        try? await telemetry.close()
    }
}
