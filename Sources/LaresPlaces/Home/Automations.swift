public import Foundation
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
    private var engine: RuleEngine
    private var trusted: Set<RuleID> = []
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
    ///   - outbox: What sends notices and calls addresses; nil: notices are only shown, and rules that call an address fail, and say so.
    ///   - clock: What time it is.
    ///   - permit: Whether a rule may have a thing do something, asked before it does; nil: what is dangerous is done by trusted rules.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: RuleStore, site: Site, locate: Locate? = nil, ask: Ask? = nil, scenes: Scenes? = nil, outbox: Outbox? = nil,
        clock: any TimeSource = SystemTime(), permit: Permit? = nil
    ) throws {
        (self.home, self.store, self.ask, self.scenes, self.clock, self.permit) = (home, store, ask, scenes, clock, permit)
        place = Mutex(site)
        self.locate = locate ?? { try site.moved(to: $0) }
        self.outbox = outbox
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
        var trial = engine
        try trial.set(rule, at: clock.now, in: world)
        try store.save(rule, isTrusted: isTrusted)
        engine = trial
        hear()
        if isTrusted { trusted.insert(rule.id) } else { trusted.remove(rule.id) }
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

    /// When time triggers of a rule come from now until a moment, and what these triggers are called; at most 500.
    ///
    /// - Throws: ``RuleError`` when the site can't have it.
    public nonisolated func occurrences(of rule: Rule, until end: Date) throws -> [(date: Date, trigger: String?)] {
        let timed = rule.triggers.filter { if case .time = $0.kind { true } else { false } }
        guard let plan = try rule.plan(at: site) else { return [] }
        return plan.occurrences(after: clock.now).prefix(500).prefix { $0.date <= end }.map { ($0.date, timed[$0.trigger].id) }
    }

    /// The next moments of a rule's time triggers; empty when it has none.
    ///
    /// - Throws: ``RuleError`` when the site can't have it.
    public nonisolated func moments(of rule: Rule, count: Int = 20) throws -> [Date] {
        let plan = try rule.plan(at: site)
        return plan.map { Array($0.occurrences(after: clock.now).prefix(count).map(\.date)) } ?? []
    }
}

/// Doing what rules want.
extension Automations {
    private func perform(_ effect: RuleEffect) async {
        let outcome: RuleEffect.Outcome
        do { outcome = try await done(effect) } catch { outcome = .failed("\(error)") }
        take(.completed(effect.id, outcome))
    }

    private func done(_ effect: RuleEffect) async throws -> RuleEffect.Outcome {
        switch effect.kind {
        case .set(let command): try await carryOut(command, of: effect.rule)
        case .notify(let text, let title, let recipient, let isUrgent):
            let notice = Notice(date: clock.now, text: text, title: title, recipient: recipient, rule: effect.rule.description)
            if let outbox { try outbox.post(notice, isUrgent: isUrgent) } else { try store.add(notice) }
        case .callModel(let model, let input):
            guard let ask else { throw RuleError(.badRule, "no model can be asked here") }
            return .answered(try await ask(model, input))
        case .publish(let topic, let payload, let isRetained):
            guard trusted.contains(effect.rule) else {
                throw ThingsError(
                    .needsConfirmation,
                    "this rule may not publish on '\(topic)', where a lock may listen; save it again with \"trusted\": true")
            }
            try await home.publish(MQTTMessage(topic, payload, quality: .atLeastOnce, isRetained: isRetained))
        case .fire(let name, let data): take(.fired(name, data: data, by: effect.cause))
        case .scene(let name): try await apply(name, effect)
        case .callWebhook(let address, let body):
            guard let outbox else { throw RuleError(.badRule, "'\(address)' isn't called: this Lares calls no addresses") }
            try outbox.call(address, body: body, for: effect.rule, isTrusted: trusted.contains(effect.rule))
        }
        return .done
    }

    /// Has all things of a scene be as it says; the first that can't is told when the others are done.
    private func apply(_ name: String, _ effect: RuleEffect) async throws {
        guard let scenes, let scene = try scenes.find(name) else { throw RuleError(.badRule, "there is no scene '\(name)'") }
        let commands = scenes.commands(scene, by: Cause(.rule, name: effect.rule.description))
        let trouble = await withTaskGroup(of: (any Error)?.self) { group in
            for command in commands { group.addTask { await self.trouble(with: command, of: effect.rule) } }
            var first: (any Error)?
            for await trouble in group { first = first ?? trouble }
            return first
        }
        if let trouble { throw trouble }
    }

    private func trouble(with command: ThingCommand, of rule: RuleID) async -> (any Error)? {
        do { try await carryOut(command, of: rule) } catch { return error }
        return nil
    }

    /// What is dangerous is done only by a rule of which a person said that it may.
    private func carryOut(_ command: ThingCommand, of rule: RuleID) async throws {
        let isTrusted = trusted.contains(rule)
        if let permit {
            try permit(rule, command, isTrusted)
        } else if let hazard = home.dangers(of: command).first?.hazard, !isTrusted {
            throw ThingsError(
                .needsConfirmation, "'\(command.thing)': this rule may not do what \(hazard.rawValue); save it again with \"trusted\": true"
            )
        }
        let outcome = try await home.carryOut(command)
        if outcome == .superseded { throw ThingsError(.noAnswer, "'\(command.thing)' was asked for something else meanwhile") }
    }
}

/// What a rule would have done.
extension Automations {
    /// Runs a rule over what was recorded.
    ///
    /// - Throws: ``RuleError``; ``TelemetryError``.
    public nonisolated func replay(_ rule: Rule, over range: Range<Timestamp>, in telemetry: any TelemetryStore) async throws
        -> RuleReplay
    {
        var (world, events) = (MemoryWorld(site: site), [RuleReplay.Recorded]())
        for address in rule.addresses.sorted(by: { $0.description < $1.description }) {
            let recording = try await Recording(address, over: range, in: telemetry, property: home.property(address))
            if let first = recording.before { world.states[address] = first }
            events += recording.events
        }
        events.sort { $0.date < $1.date }
        return try RuleReplay(rule, over: events, from: world, since: range.lowerBound.date, through: range.upperBound.date)
    }
}
