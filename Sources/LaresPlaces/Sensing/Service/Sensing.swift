internal import Foundation
public import LaresThings

/// Senses a home: tells the engine what happens, keeps what it learns, and announces what it finds as things like any other.
///
/// ```swift
/// let sensing = try Sensing(home: home, store: SenseStore(store), telemetry: telemetry)
/// async let end: Void = sensing.run()                 // until its task is cancelled
/// for await finding in await sensing.findings() { … }
/// ```
public actor Sensing {
    /// Publishes a message.
    public typealias Publish = @Sendable (MQTTMessage) async throws -> Void

    let home: Home
    let store: SenseStore
    let telemetry: (any TelemetryStore)?
    let clock: any TimeSource
    private let publish: Publish
    private var engine: SenseEngine
    private var board = SenseBoard()
    private var watchers: [Int: AsyncStream<SenseFinding>.Continuation] = [:]
    private var lastWatcher = 0
    private var isConnected = false
    /// Whether something was found that must not be lost or said twice.
    private var isUrgent = true
    private var rounds = 0

    /// Seconds between two looks at what time brings; every twelfth also looks at who said the same again, and keeps what was learned.
    static let period = 5
    /// Findings that one who watches may lag behind.
    static let lag = 1_000

    /// Sensing as it was left.
    ///
    /// - Parameters:
    ///   - home: The home.
    ///   - store: Where it keeps what it learns.
    ///   - telemetry: Histories to learn from at the start; nil: none.
    ///   - limits: What people said.
    ///   - clock: What time it is.
    ///   - publish: How messages are published; nil: by the home's connection.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: SenseStore, telemetry: (any TelemetryStore)? = nil, limits: SenseLimits = SenseLimits(),
        clock: any TimeSource = SystemTime(), publish: Publish? = nil
    ) throws {
        (self.home, self.store, self.telemetry, self.clock) = (home, store, telemetry, clock)
        self.publish = publish ?? { [home] in try await home.say($0) }
        engine =
            try store.memory().map { SenseEngine(from: $0, at: clock.now, limits: limits) } ?? SenseEngine(at: clock.now, limits: limits)
    }

    /// Senses until its task is cancelled.
    public func run() async {
        let first = home.events()
        begin()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen(first) }
            group.addTask { await self.passTime() }
            group.addTask { try? await self.learn() }
        }
        for watcher in watchers.values { watcher.finish() }
        keep()
        try? await home.publish(MQTTMessage(SenseBoard.statusTopic, "offline", quality: .atLeastOnce, isRetained: true))
    }

    private func listen(_ first: AsyncStream<HomeEvent>) async { await home.hear(from: first, again: begin, take) }

    private func passTime() async {
        while !Task.isCancelled {
            await tick()
            try? await Task.sleep(for: .seconds(Self.period))
        }
    }

    /// Takes in all things there are.
    package func begin() {
        if let meters = try? store.meters() { engine.meters = meters }
        for view in home.things() { describe(view) }
        engine.settle()
        board.removeStale(home.things(), engine)
    }

    /// Tells of something that happened in the home.
    package func take(_ event: HomeEvent) {
        switch event {
        case .changed(let change): tell(engine.take(change))
        case .availability(let id, let availability, _): engine.take(availability, of: id)
        case .described(let id): if let view = home.thing(id) { describe(view) }
        case .removed(let id): tell(engine.remove(id, at: clock.now))
        case .asked, .heard, .refused: break
        }
    }

    private func describe(_ view: ThingView) {
        tell(engine.describe(view.thing, availability: view.availability, states: view.states, at: clock.now))
    }

    /// Lets time pass.
    package func tick() async {
        if rounds.isMultiple(of: 12) {
            hear()
            if let meters = try? store.meters(), meters != engine.meters { begin() }
        }
        tell(engine.pass(to: clock.now))
        await post()
        if isUrgent || rounds % 12 == 11 { keep() }
        rounds += 1
    }

    /// A report that says the same again is no event of the home's: who reported since the last time is asked for.
    private func hear() {
        for view in home.things() {
            for (name, state) in view.states {
                if let date = state.reportedAt { tell(engine.hear(PropertyAddress(view.thing.id, name), at: min(date, clock.now))) }
            }
        }
    }

    private func keep() {
        guard (try? store.save(engine.kept)) != nil else { return }
        isUrgent = false
    }
}

/// What is found.
extension Sensing {
    private func tell(_ findings: [SenseFinding]) {
        for finding in findings {
            show(finding)
            for (number, watcher) in watchers {
                if case .terminated = watcher.yield(finding) { watchers[number] = nil }
            }
        }
    }

    private func show(_ finding: SenseFinding) {
        switch finding {
        case .occupancy(let id, let occupancy): board.show(occupancy, of: area(id))
        case .comfort(let id, let comfort): board.show(comfort, of: area(id))
        case .airUnknown(let id): board.forgetAir(of: id)
        case .airGone(let id): board.withdraw("comfort", SenseBoard.air, of: id)
        case .peopleGone(let id): board.withdraw("occupancy", SenseBoard.people, of: id)
        case .appliance(let address, let state):
            let thing = home.thing(address.thing)?.thing
            board.show(state, of: address, thing, in: thing?.area.map { area($0) })
        case .finished(let address, let cycle):
            board.tell(cycle, of: address)
            isUrgent = true
        case .raised, .cleared: isUrgent = true
        case .gone(let id): board.remove(SenseBoard.identifier(of: id))
        case .applianceGone(let address): board.remove(SenseBoard.identifier(of: address))
        }
    }

    private func area(_ id: AreaID) -> Area { home.areas().first { $0.id == id } ?? Area(id: id, name: id.description) }

    /// Publishes what the broker lacks; what can't be published now is published later.
    private func post() async {
        let isNow = home.status.state == .connected
        if isNow, !isConnected { board.forgetPublished() }
        isConnected = isNow
        for message in board.news {
            do { try await publish(message) } catch { return }
            board.note(message)
        }
    }

    /// What is found from now on. Who doesn't keep up loses the latest of it.
    public func findings() -> AsyncStream<SenseFinding> {
        let (stream, continuation) = AsyncStream.makeStream(of: SenseFinding.self, bufferingPolicy: .bufferingOldest(Self.lag))
        lastWatcher += 1
        watchers[lastWatcher] = continuation
        return stream
    }

    /// What is wrong with sensors now, the latest first.
    public func faults() -> [SensorFault] { engine.faults }

    /// What was wrong and is over, the latest first.
    public func pastFaults() -> [SensorFault] { engine.pastFaults }

    /// Whether people are in an area; nil: nothing there senses people.
    public func occupancy(of area: AreaID) -> AreaOccupancy? { engine.occupancy(of: area) }

    /// How the air of an area is; nil: nobody measures it.
    public func comfort(of area: AreaID) -> RoomComfort? { engine.comfort(of: area) }

    /// What the appliance at a plug is doing, and the last time that it ran; nil: there is none.
    public func appliance(at address: PropertyAddress) -> (state: ApplianceState, last: ApplianceCycle?)? {
        engine.appliance(address).map { ($0, engine.lastCycle(of: address)) }
    }
}

/// What histories teach.
extension Sensing {
    /// At most so many sensors learn from their histories at a start, each from so many readings of so many seconds.
    /// Pulses of two weeks are 4,032 of them.
    static let history = (sensors: 500, readings: 6_000, seconds: 14 * 86_400.0)

    /// Learns what is usual for sensors of which little is known yet.
    package func learn() async throws {
        guard let telemetry else { return }
        let wanted = engine.unlearned.prefix(Self.history.sensors)
        guard !wanted.isEmpty else { return }
        let series = Dictionary(try await telemetry.series(of: nil).map { ($0.key, $0.id) }, uniquingKeysWith: { $1 })
        let now = clock.now
        let range = max(.earliest, Timestamp(now - Self.history.seconds))..<max(.earliest, Timestamp(now))
        for address in wanted {
            guard !Task.isCancelled else { return }
            guard let id = series[SeriesKey(address)], let kind = home.property(address)?.kind else { continue }
            let readings = try await telemetry.readings(of: id, in: range, order: .newestFirst, limit: Self.history.readings)
            engine.learn(address, from: Self.changes(readings.reversed(), kind))
        }
    }

    /// What it became: a reading that says the same again is a pulse.
    private static func changes(_ readings: some Sequence<Reading>, _ kind: PropertyKind) -> [(date: Date, value: PropertyValue)] {
        readings.reduce(into: []) { changes, one in
            guard let value = PropertyValue(one.value, kind), value != changes.last?.value else { return }
            changes.append((one.time.date, value))
        }
    }
}

extension SenseBoard {
    /// Takes away what was announced in an earlier run of areas and appliances that aren't there any more.
    fileprivate mutating func removeStale(_ things: [ThingView], _ engine: SenseEngine) {
        let known = Set(engine.areaPlaces.keys.map(Self.identifier(of:)) + engine.metered.map(Self.identifier(of:)))
        for view in things where view.thing.origin.hasPrefix(SenseEngine.origin) {
            if known.contains(view.thing.origin) { recall(view.thing.origin) } else { remove(view.thing.origin) }
        }
    }
}
