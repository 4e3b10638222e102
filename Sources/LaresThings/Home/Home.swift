internal import Foundation
internal import Synchronization

/// The home: takes in what comes from the broker, keeps it, tells those who watch, and has things do what they are asked.
///
/// ```swift
/// let home = try Home(store: store, recorder: recorder, clock: SystemTime())
/// let connection = try MQTTConnection(settings, receiver: home)
/// home.connect(connection)
/// async let lamp: Void = { _ = try await home.carryOut(ThingCommand(hallLamp, ["on": .boolean(true)], by: cause)) }()
/// ```
///
/// What a message says is in `places.db` and with the recorder before the broker hears that it arrived.
public final class Home: Sendable {
    struct State {
        var model: HomeModel
        var readers: [any DiscoveryReader]
        var areas: [AreaID: Area]
        var wordings: [ThingID: Wording]
        var connection: MQTTConnection?
        var status = MQTTStatus.beginning
        /// What happened and couldn't be kept and told yet.
        var untold: [HomeOutcome] = []
        /// Changes that couldn't be recorded yet.
        var unrecorded: [Change] = []
        /// Things that came or went, which couldn't be recorded yet.
        var unrecordedReaches: [AvailabilityChange] = []
        /// Properties whose state was not saved since it changed.
        var unsaved: Set<PropertyAddress> = []
        var waiting: [Int: AsyncStream<CommandOutcome>.Continuation] = [:]
        var faults = HomeFaults()
        /// On which topic each part was announced.
        var announcedOn: [String: String] = [:]
        var zigbee = ZigbeeBridges()
        /// Those who asked a bridge, by their transactions.
        var zigbeeWaiting: [String: AsyncStream<ZigbeeResponse>.Continuation] = [:]
        /// Who is told of every message of a device.
        var tap: (any MessageTap)?
        var speakers = TopicSpeakers()
        /// Who is given what cameras detect.
        var cameras: (@Sendable (MQTTMessage) -> Void)?
        /// Topics whose messages are told as they are.
        var heard: [String] = []
        var pulses = PulseClock()
        /// Which ``GuardedTopics`` the broker's guard was told of.
        var guardedRevision = 0
        var guardTrouble: String?
        /// What was subscribed to, where the broker forbids everything; nil: everything is.
        var subscribed: Set<String>?
        /// Whether the broker forbids filters that begin with a wildcard too.
        var isWithoutWildcards = false
    }

    let state: Mutex<State>
    let store: HomeStore
    let recorder: (any ChangeRecorder)?
    let clock: any TimeSource
    /// Below which topics devices announce themselves.
    public let discovery: DiscoveryPrefix
    let watchers = HomeWatchers()
    /// Says that commands go elsewhere than before (``guarded``).
    let guardNews: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    /// Held while changes are recorded: whoever took in a change returns only when it is kept, be it by another thread.
    let recording = Mutex(())

    /// A home as it was left.
    ///
    /// - Parameters:
    ///   - store: What it keeps.
    ///   - recorder: Who keeps histories; nil: nobody.
    ///   - readers: Who understands announcements.
    ///   - discovery: Below which topics devices announce themselves, where they do as Home Assistant has it.
    ///   - clock: What time it is.
    ///   - isGuarded: Whether nobody but Lares may publish where things take commands (``HomeServices``).
    /// - Throws: An error of the database.
    public init(
        store: HomeStore, recorder: (any ChangeRecorder)?, readers: [any DiscoveryReader], discovery: DiscoveryPrefix = .usual,
        clock: any TimeSource = SystemTime(), isGuarded: Bool = false
    ) throws {
        let areas = try store.areas()
        state = Mutex(
            State(
                model: HomeModel(names: try store.names()), readers: readers,
                areas: Dictionary(areas.map { ($0.id, $0) }, uniquingKeysWith: { $1 }), wordings: try store.wordings()))
        (self.store, self.recorder, self.discovery, self.clock) = (store, recorder, discovery, clock)
        guardNews = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (announcements, states, groups) = (try store.announcements(), try store.states(), try store.groups())
        state.withLock { state in
            if isGuarded { state.model.guarded.room = BrokerAccounts.room }
            for message in announcements { state.announce(message, at: clock.now) }
            state.model.describe(at: clock.now)
            for group in groups { try? state.model.set(group, at: clock.now) }
            state.model.restore(states)
            _ = state.model.takeEvents()
            state.model.names.keep()
        }
    }

    /// Takes in what was recorded after the states were saved last: a program that is killed has up to a second of it.
    public func catchUp(with telemetry: any TelemetryStore) async throws {
        let series = try await telemetry.series(of: nil)
        let readings = try await telemetry.latest(of: series.map(\.id))
        state.withLock { state in
            for one in series {
                guard let reading = readings[one.id], let thing = ThingID(one.key.thing) else { continue }
                state.model.restore(reading, of: PropertyAddress(thing, one.key.property), at: clock.now)
            }
        }
    }

    /// Has messages come and commands go this way.
    ///
    /// Everything is subscribed to, or what is needed where the broker forbids that.
    public func connect(_ connection: MQTTConnection) {
        state.withLock { $0.connection = connection }
        connection.subscribe(["#"])
    }

    /// How the connection to the broker stands.
    public var status: MQTTStatus { state.withLock(\.status) }

    /// What couldn't be understood, counted.
    public var faults: HomeFaults { state.withLock(\.faults) }

    /// Has messages on topics told as they are, besides what they say of things; filters as MQTT has them, in the place of those asked for before.
    public func hear(_ filters: [String]) {
        state.withLock { $0.heard = filters.filter(TopicName.isFilter) }
        followNews()
    }

    /// Where things take commands.
    var guarded: GuardedTopics { state.withLock(\.model.guarded) }

    /// Why the broker doesn't refuse what others publish where things take commands; nil while it does.
    public internal(set) var guardTrouble: String? {
        get { state.withLock(\.guardTrouble) }
        set { state.withLock { $0.guardTrouble = newValue } }
    }

    /// What happens from now on. Who doesn't keep up loses the oldest of it: the stream ends then, and must be begun again with what is known.
    public func events() -> AsyncStream<HomeEvent> { watchers.stream() }
}

/// What couldn't be understood, counted.
public struct HomeFaults: Sendable, Hashable {
    /// Reports.
    public var reports = 0
    /// Announcements.
    public var announcements = 0
    /// The last of them: where, and why.
    public var last: String?
}

extension Home: MQTTReceiver {
    /// Takes in what came; when it returns, it is kept.
    public func receive(_ messages: [MQTTMessage]) throws {
        let now = clock.now
        // Points in bulk have connections of their own (``MQTTSource``); they are nothing that a thing could announce itself for.
        let messages = messages.filter { !PointTopics.has($0.topic) }
        // What couldn't be kept before comes first: else the same messages, sent again, would change nothing and be lost to those who watch.
        try settle(HomeOutcome(), at: now)
        let outcome = state.withLock { $0.take(messages, at: now) }
        try settle(outcome, at: now)
        if !outcome.announcements.isEmpty { followNews() }
        if let (tap, heard) = tapped(messages) { tap.heard(heard, at: now) }
        hearCameras(messages)
    }

    /// Keeps and tells what happened, with what couldn't be kept before; one thread at a time.
    func settle(_ outcome: HomeOutcome, at now: Date) throws {
        let isElsewhere = state.withLock { state in
            if !outcome.isEmpty { state.untold.append(outcome) }
            defer { state.guardedRevision = state.model.guarded.revision }
            return state.guardedRevision != state.model.guarded.revision
        }
        // First of all: until the broker knows, others may command.
        if isElsewhere { guardNews.continuation.yield() }
        try recording.withLock { _ in
            while let next = state.withLock(\.untold.first) {
                try keep(next, at: now)
                state.withLock { _ = $0.untold.removeFirst() }
                tell(next)
            }
            try record()
        }
    }

    /// Says at the broker that the home is there, so that devices announce themselves again.
    public func changed(_ status: MQTTStatus) {
        let connection = state.withLock { state in
            defer { state.status = status }
            return status.state == .connected && state.status.state != .connected ? state.connection : nil
        }
        connection?.send(discovery.birth)
        if !status.refused.isEmpty { follow(refused: status.refused) }
    }

    private func keep(_ outcome: HomeOutcome, at now: Date) throws {
        if !outcome.announcements.isEmpty || outcome.hasNewNames {
            try store.save(outcome.announcements, names: outcome.names, at: now)
            state.withLock { $0.model.names.keep() }
        }
        for area in outcome.areas { try store.save(area) }
        try record()
    }

    /// Records changes that aren't yet; ``recording`` is held.
    func record() throws {
        let (changes, reaches) = state.withLock { ($0.unrecorded, $0.unrecordedReaches) }
        if !changes.isEmpty {
            try recorder?.record(changes) { address in state.withLock { $0.model.property(address) } }
            state.withLock { $0.unrecorded.removeFirst(changes.count) }
        }
        guard !reaches.isEmpty else { return }
        try recorder?.record(reaches)
        state.withLock { $0.unrecordedReaches.removeFirst(reaches.count) }
    }

    private func tell(_ outcome: HomeOutcome) {
        if let connection = state.withLock(\.connection) { for message in outcome.again { connection.send(message) } }
        watchers.tell(outcome.events)
    }

    /// What only time changes. ``run()`` calls it when something is due.
    public func passTime() throws {
        let now = clock.now
        let outcome = state.withLock { state in
            var outcome = HomeOutcome()
            outcome.again = state.model.pass(to: now)
            state.finish(&outcome)
            return outcome
        }
        try settle(outcome, at: now)
    }

    /// Writes states that changed since the last time.
    public func saveStates() throws {
        let states = state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved.compactMap { address in state.model.state(of: address).map { (address, $0) } }
        }
        do {
            try store.save(states)
        } catch {
            state.withLock { $0.unsaved.formUnion(states.map(\.0)) }
            throw error
        }
    }

    /// Nobody will hear any more whether a command was done.
    private func giveUp() {
        let waiting = state.withLock { state in
            defer { (state.waiting, state.connection) = ([:], nil) }
            return state.waiting
        }
        for continuation in waiting.values {
            continuation.yield(.failed(ThingsError(.noAnswer, "Lares is being stopped: nobody knows whether it was done")))
            continuation.finish()
        }
    }

    /// Lets time pass and saves states until its task is cancelled; on a thread of its own, as it waits for the disk.
    public func run() async {
        let isOver = Mutex(false)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    var rounds = 0
                    while !isOver.withLock(\.self) {
                        Thread.sleep(forTimeInterval: 0.1)
                        rounds += 1
                        try? self.passTime()
                        try? self.pulse()
                        if rounds % 10 == 0 { try? self.saveStates() }
                    }
                    try? self.saveStates()
                    self.giveUp()
                    continuation.resume()
                }
                thread.name = "home"
                thread.start()
            }
        } onCancel: {
            isOver.withLock { $0 = true }
        }
    }
}
