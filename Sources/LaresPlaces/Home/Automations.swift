internal import Foundation
public import LaresJSON
public import LaresThings
internal import Synchronization

/// Runs the rules of a home: tells them what happens, has done what they want, and keeps them and what is going on in them.
///
/// ```swift
/// let automations = try Automations(home: home, store: RuleStore(store), site: site)
/// async let end: Void = automations.run()             // until its task is cancelled
/// try await automations.set(rule)
/// ```
///
/// Models are asked through `ask`; whoever makes it says what it reaches.
public actor Automations {
    /// Asks a model, by its name: its answer as JSON.
    public typealias Ask = @Sendable (String, JSON) async throws -> JSON
    /// Says whether a rule may have a thing do something, and writes it down; what it throws is why it isn't done.
    public typealias Permit = @Sendable (RuleID, ThingCommand, _ isTrusted: Bool) throws -> Void

    /// The site that settings make.
    public typealias Locate = @Sendable (SiteSettings) throws -> Site

    let home: Home
    let store: RuleStore
    private nonisolated let place: Mutex<Site>
    private nonisolated let models = Mutex<Set<String>>([])
    private let locate: Locate
    let clock: any TimeSource
    let ask: Ask?
    /// The scenes that rules may name; nil: none.
    public nonisolated let scenes: Scenes?
    let permit: Permit?
    /// What sends notices and calls addresses; nil: nothing does.
    public nonisolated let outbox: Outbox?
    /// Where calendars of holidays are kept; nil: those that are added last until the end.
    let holidays: HolidayFolder?
    private var engine: RuleEngine
    private(set) var trusted: Set<RuleID> = []
    private let work: (stream: AsyncStream<RuleEffect>, continuation: AsyncStream<RuleEffect>.Continuation)
    /// What is to be done and isn't kept yet.
    private var wanted: [RuleEffect] = []
    private let wake: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)
    private var hasBegun = false
    /// The rules whose traces of before the restart were read.
    private var remembered: Set<RuleID> = []
    /// Whether something was going on before a restart.
    private let isResuming: Bool

    /// The rules of a home as they were left.
    ///
    /// - Parameters:
    ///   - home: The home.
    ///   - store: Where rules are kept.
    ///   - site: Its clocks, sun and holidays.
    ///   - locate: The site that other settings make; unless it is given, their position and zone with the same holidays.
    ///   - ask: Asks models; nil: rules that ask one fail, and say so.
    ///   - scenes: The scenes that rules may name.
    ///   - holidays: Where calendars of holidays are kept that people add; nil: they last until the end.
    ///   - outbox: What sends notices and calls addresses; nil: notices are only shown, and rules that call an address fail, and say so.
    ///   - clock: What time it is.
    ///   - permit: Whether a rule may have a thing do something, asked before it does; nil: what is dangerous is done by trusted rules.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: RuleStore, site: Site, locate: Locate? = nil, ask: Ask? = nil, scenes: Scenes? = nil,
        holidays: HolidayFolder? = nil,
        outbox: Outbox? = nil, clock: any TimeSource = SystemTime(), permit: Permit? = nil
    ) throws {
        (self.home, self.store, self.ask, self.scenes, self.clock, self.permit) = (home, store, ask, scenes, clock, permit)
        place = Mutex(site)
        self.locate = locate ?? { try site.moved(to: $0) }
        (self.outbox, self.holidays) = (outbox, holidays)
        work = AsyncStream.makeStream(of: RuleEffect.self)
        wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let memory = try store.memory()
        isResuming = memory?.runs.isEmpty == false
        var engine = memory.map { RuleEngine(from: $0) } ?? RuleEngine(at: clock.now)
        var trusted: Set<RuleID> = []
        let world = HomeWorld(home: home, site: site)
        for kept in try store.rules() {
            // A rule that the site can't have any more, for want of a calendar, waits in the store.
            try? engine.set(kept.rule, at: clock.now, in: world)
            if kept.isTrusted { trusted.insert(kept.rule.id) }
        }
        (self.engine, self.trusted) = (engine, trusted)
    }

    /// The home's clocks, sun and holidays, as they are now.
    public nonisolated var site: Site { place.withLock(\.self) }

    private var world: HomeWorld { HomeWorld(home: home, site: site) }

    /// Runs them until its task is cancelled. Things should have had a moment to report: what is so then is no news.
    public func run() async {
        let effects = work.stream
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen() }
            group.addTask { await self.passTime() }
            group.addTask {
                for await _ in self.wake.stream {
                    let took = await ContinuousClock().measure { await self.begin() }
                    try? await Task.sleep(for: took)
                }
            }
            group.addTask {
                await withDiscardingTaskGroup { doing in
                    for await effect in effects { doing.addTask { await self.perform(effect) } }
                }
            }
        }
        keep()
        keepTraces()
    }

    /// Hears what happens; who falls behind begins again with what is known.
    private func listen() async {
        while !Task.isCancelled {
            let events = home.events()
            if hasBegun {
                catchUp()
            } else {
                if isResuming { await settle() }
                hasBegun = true
                hear()
                enqueue(engine.resume(at: clock.now, in: world))
            }
            for await event in events { if let event = RuleEvent(event) { take(event) } }
        }
    }

    /// Tells the rules how things are: there was more to hear than could be kept, and what was missed may have been the last of it.
    private func catchUp() {
        for address in Set(engine.rules.filter(\.isEnabled).flatMap(\.addresses)).sorted(by: { $0.description < $1.description }) {
            guard let state = home.state(of: address), let value = state.reported, home.property(address)?.isEvent == false else {
                continue
            }
            take(.changed(Change(address, from: nil, to: value, at: state.changedAt ?? clock.now, by: state.cause ?? .device)))
        }
    }

    /// Gives the broker up to ten seconds, and things a moment to report: what was going on before a restart needs both.
    private func settle() async {
        for _ in 0..<100 where home.status.state != .connected { try? await Task.sleep(for: .milliseconds(100)) }
        try? await Task.sleep(for: .milliseconds(300))
    }

    private func passTime() async {
        var rounds = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            rounds += 1
            if hasBegun, let next = engine.nextDate, next <= clock.now { enqueue(engine.pass(to: clock.now, in: world)) }
            if rounds % 50 == 0 { keep() }
            if rounds % 300 == 0 { keepTraces() }
        }
        begin()
        wake.continuation.finish()
        work.continuation.finish()
    }

    /// Has messages on the topics that rules look out for told.
    private func hear() {
        let rules = engine.rules.filter(\.isEnabled)
        home.hear(rules.flatMap(\.topics))
        models.withLock { $0 = Set(rules.flatMap(\.models)) }
    }

    /// Whether a rule looks out for what a model answers to others, who then tell of it by ``take(_:)``.
    public nonisolated func listens(to model: String) -> Bool { models.withLock { $0.contains(model) } }

    /// Twice a minute and at the end: who is killed forgets half a minute of why, never of what.
    private func keepTraces() {
        engine.rulesWithNewTraces.forEach(remember)
        try? store.save(engine.newTraces())
    }

    /// Reads a rule's traces of before the restart, when they are first asked for or added to: many rules mustn't make a long start.
    private func remember(_ id: RuleID) {
        guard remembered.insert(id).inserted else { return }
        engine.putBack((try? store.traces(of: id)) ?? [], of: id)
    }

    private func keep() { try? store.save(engine.kept(at: clock.now)) }

    /// What is wanted is kept before it is done: who is killed in between does it once at most. Keeping rests as long as it took, and what comes
    /// meanwhile is kept together: many rules that act at once wait for few writes.
    private func enqueue(_ effects: [RuleEffect]) {
        guard !effects.isEmpty else { return }
        wanted += effects
        wake.continuation.yield()
    }

    private func begin() {
        guard !wanted.isEmpty else { return }
        keep()
        wanted.forEach { work.continuation.yield($0) }
        wanted = []
    }

    /// Tells the rules of something that happened.
    public func take(_ event: RuleEvent) { enqueue(engine.handle(event, at: clock.now, in: world)) }

    /// Whether a rule may do what is dangerous.
    public func isTrusted(_ id: RuleID) -> Bool { trusted.contains(id) }
}

/// Rules that come, change and go.
extension Automations {
    /// The rules, in the order in which they were put in place.
    public var rules: [Rule] { engine.rules }

    /// A rule.
    public func rule(_ id: RuleID) -> Rule? { engine.rule(id) }

    /// Puts a rule in place, or another in its place, and keeps it.
    ///
    /// - Parameter isTrusted: Whether a person who may said that it may do what is dangerous: unlock, disarm, heat.
    /// - Throws: ``RuleError``; an error of the database.
    public func set(_ rule: Rule, isTrusted: Bool = false) throws {
        let changed = try engine(with: rule)
        try store.save(rule, isTrusted: isTrusted)
        engine = changed
        hear()
        if isTrusted { trusted.insert(rule.id) } else { trusted.remove(rule.id) }
    }

    /// Says whether a rule could be put in place.
    ///
    /// - Throws: ``RuleError``.
    public func check(_ rule: Rule) throws(RuleError) { _ = try engine(with: rule) }

    private func engine(with rule: Rule) throws(RuleError) -> RuleEngine {
        var trial = engine
        try trial.set(rule, at: clock.now, in: world)
        return trial
    }

    /// The home is somewhere else now, or its clocks are others: what times mean is worked out anew, and rules that waited for a position begin.
    ///
    /// - Throws: ``ScheduleError`` for a zone that isn't known; an error of the database.
    public func move(to settings: SiteSettings) throws {
        let site = try locate(settings)
        guard site != self.site else { return }
        place.withLock { $0 = site }
        outbox?.move(to: site)
        adopt(try store.rules())
    }

    /// What days are holidays is another now; rules that waited for a calendar begin, and the others go on.
    func change(_ calendars: [String: HolidayCalendar]) throws {
        place.withLock { $0 = Site(zone: $0.zone, position: $0.position, holidays: calendars) }
        adopt(try store.rules().filter { engine.rule($0.rule.id) == nil })
    }

    /// Takes in rules that an import put into the store. One that the home can't have, for want of a calendar or a position, waits there.
    func adopt(_ kept: [RuleStore.Kept]) {
        for kept in kept {
            try? engine.set(kept.rule, at: clock.now, in: world)
            if kept.isTrusted { trusted.insert(kept.rule.id) } else { trusted.remove(kept.rule.id) }
        }
        hear()
    }

    /// Switches a rule on or off; whether it is trusted stays as it is.
    ///
    /// - Returns: The rule as it is now; nil: there is none.
    public func enable(_ id: RuleID, _ isEnabled: Bool) throws -> Rule? {
        guard var rule = engine.rule(id) else { return nil }
        rule.isEnabled = isEnabled
        try set(rule, isTrusted: trusted.contains(id))
        return rule
    }

    /// Has nothing trigger a rule before a moment; nil: it isn't paused any more. Whether it is trusted stays as it is.
    ///
    /// - Returns: The rule as it is now; nil: there is none.
    public func pause(_ id: RuleID, until end: Int?) throws -> Rule? {
        guard var rule = engine.rule(id) else { return nil }
        rule.pausedUntil = end
        try set(rule, isTrusted: trusted.contains(id))
        return rule
    }

    /// Takes a rule away.
    ///
    /// - Returns: The rule that was; nil: there was none.
    @discardableResult
    public func remove(_ id: RuleID) throws -> Rule? {
        guard let rule = engine.rule(id) else { return nil }
        try store.remove(id)
        engine.remove(id, at: clock.now, in: world)
        hear()
        trusted.remove(id)
        return rule
    }

    /// Runs a rule's actions now, whatever its triggers and conditions say.
    public func start(_ id: RuleID) { enqueue(engine.start(id, at: clock.now, in: world)) }

    /// Stops what a rule has going.
    public func stop(_ id: RuleID) { engine.stop(id, at: clock.now) }

    /// What people were told, newest first.
    public nonisolated func notices() throws -> [Notice] { try store.notices() }

    /// Why a rule acted or didn't, the last times.
    public func traces(of id: RuleID) -> [RuleTrace] {
        remember(id)
        return engine.traces(of: id)
    }
}
