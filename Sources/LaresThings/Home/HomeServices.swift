internal import Foundation
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

    /// Where histories are kept.
    public enum History: Sendable {
        /// In files of the data directory.
        case files
        /// In ClickHouse. What the files have is moved there beside everything else.
        case clickHouse(ClickHouseAddress, TelemetryLimits = TelemetryLimits())
    }

    /// The home.
    public let home: Home
    /// What it keeps.
    public let store: HomeStore
    /// Its connection to the broker.
    public let connection: MQTTConnection
    /// The histories of its things.
    public let telemetry: any TelemetryStore
    /// The broker that Lares runs; nil: it is another one.
    public let broker: BrokerProcess?
    private let clock: any TimeSource
    /// How the broker is spoken to.
    private let settings: MQTTSettings

    /// A home as it was left.
    ///
    /// - Parameter discovery: Below which topics devices announce themselves, where they do as Home Assistant has it.
    /// - Throws: ``ThingsError`` with `broker` when mosquitto isn't there; an error of a database; ``TelemetryError``.
    public init(
        in folder: LaresHome, broker: Broker, history: History = .files,
        discovery: DiscoveryPrefix = .usual, clock: any TimeSource = SystemTime()
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
        let telemetry = TappedTelemetry(try await Self.telemetry(history, in: folder))
        self.telemetry = telemetry
        let recorder = TelemetryRecorder(telemetry)
        try await recorder.resume()
        home = try Home(
            store: store, recorder: recorder, readers: Home.readers(below: discovery), discovery: discovery, clock: clock,
            isGuarded: self.broker != nil)
        try await home.catchUp(with: telemetry)
        var settings = MQTTSettings(address: address, clientID: try store.clientID())
        if let own = self.broker {
            settings.obstacle = { own.obstacle }
            settings.subscribed = { own.save() }
        }
        self.settings = settings
        settings.will = discovery.will
        connection = try MQTTConnection(settings, receiver: home)
        home.connect(connection)
    }

    private static func telemetry(_ history: History, in folder: LaresHome) async throws -> any TelemetryStore {
        let progress = folder.file("telemetry-move.json")
        guard case .clickHouse(let address, let limits) = history else {
            // The files get what servers will not have: if they are used again, everything is moved again.
            try? FileManager.default.removeItem(atPath: progress)
            return try SQLiteTelemetry(home: folder)
        }
        let servers = try await ClickHouseTelemetry(address, limits: limits)
        let hasFiles = FileManager.default.fileExists(atPath: folder.file("telemetry.db"))
        guard hasFiles, try !TelemetryMigration.Progress(file: progress).isDone else { return servers }
        return try await TelemetryMigration(from: SQLiteTelemetry(home: folder), to: servers, progress: progress)
    }

    /// Moves histories, when they are to be moved, however often that has to be tried.
    private func move() async {
        guard let migration = (telemetry as? TappedTelemetry)?.store as? TelemetryMigration else { return }
        while !migration.progress.isDone {
            do { try await migration.move() } catch {
                do { try await Task.sleep(for: .seconds(60)) } catch { return }
            }
        }
    }

    /// How another connection to the broker is to be made, of this Lares too.
    ///
    /// - Parameter name: a word that tells it from the others; it is the same after a start, so that the broker keeps what comes meanwhile.
    public func settings(named name: String) -> MQTTSettings {
        var settings = settings
        settings.clientID += "-" + name
        return settings
    }

    /// Where accounts of devices are made; nil: the broker isn't ours.
    public var control: BrokerControl? {
        broker.map { broker in BrokerControl(broker.controlAddress, home: home) { broker.obstacle } }
    }

    /// Has the broker refuse what others publish where things take commands: at the start, and whenever that is elsewhere.
    private func guardCommands() async {
        guard let control else { return }
        var (backoff, news) = (Backoff(0.2...5), home.guardNews.stream.makeAsyncIterator())
        repeat {
            while true {
                do throws(ThingsError) {
                    try await control.guardCommands()
                    break
                } catch {
                    home.guardTrouble = error.message
                    do { try await Task.sleep(for: .seconds(backoff.next())) } catch { return }
                }
            }
            home.guardTrouble = nil
            backoff.reset()
        } while await news.next() != nil
    }

    /// Keeps how long histories are to be kept; what is older is deleted when they are tidied next.
    ///
    /// - Throws: ``TelemetryError`` with code `badRetention`, among others; an error of the database.
    public func keep(_ book: RetentionBook) async throws {
        try book.check()
        try store.save(book)
        try await telemetry.apply(book)
    }

    /// Has histories kept as long as people said, and deletes the rest.
    ///
    /// - Throws: ``TelemetryError``; an error of the database.
    public func tidy() async throws {
        try await telemetry.apply(try store.retention())
        _ = try await telemetry.compact(now: Timestamp(clock.now))
    }

    /// Tidies a minute after the start, when there is less to do, and then once a day: who restarts Lares every evening has a full disk else.
    private func keepTidy() async {
        var pause = Duration.seconds(60)
        while true {
            do { try await Task.sleep(for: pause) } catch { return }
            try? await tidy()
            pause = .seconds(86_400)
        }
    }

    /// Runs all of it until the task is cancelled. The broker is the last to go, so that what the home says in leaving is heard.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            let broker = Task { await self.broker?.run() }
            group.addTask { await self.connection.run() }
            group.addTask { await self.home.run() }
            group.addTask { await self.guardCommands() }
            group.addTask { await self.keepTidy() }
            group.addTask { await self.move() }
            await group.waitForAll()
            broker.cancel()
            await broker.value
        }
        try? await telemetry.close()
    }
}
