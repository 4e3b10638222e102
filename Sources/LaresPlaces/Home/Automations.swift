public import Foundation
public import LaresJSON
public import LaresThings

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
    /// Writes down what a rule has a thing do.
    public typealias Note = @Sendable (RuleID, ThingCommand) -> Void

    let home: Home
    let store: RuleStore
    /// The home's clocks, sun and holidays.
    public nonisolated let site: Site
    let clock: any TimeSource
    let ask: Ask?
    let note: Note
    private var engine: RuleEngine
    private var trusted: Set<RuleID> = []
    private let work: (stream: AsyncStream<RuleEffect>, continuation: AsyncStream<RuleEffect>.Continuation)
    private var hasBegun = false
    /// Whether something was going on before a restart.
    private let isResuming: Bool

    /// The rules of a home as they were left.
    ///
    /// - Parameters:
    ///   - home: The home.
    ///   - store: Where rules are kept.
    ///   - site: Its clocks, sun and holidays.
    ///   - ask: Asks models; nil: rules that ask one fail, and say so.
    ///   - clock: What time it is.
    ///   - note: Writes down what a rule has a thing do, before it does.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: RuleStore, site: Site, ask: Ask? = nil, clock: any TimeSource = SystemTime(), note: @escaping Note = { _, _ in }
    ) throws {
        (self.home, self.store, self.site, self.ask, self.clock, self.note) = (home, store, site, ask, clock, note)
        work = AsyncStream.makeStream(of: RuleEffect.self)
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

    private var world: HomeWorld { HomeWorld(home: home, site: site) }

    /// Runs them until its task is cancelled. Things should have had a moment to report: what is so then is no news.
    public func run() async {
        let effects = work.stream
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen() }
            group.addTask { await self.passTime() }
            group.addTask {
                await withDiscardingTaskGroup { doing in
                    for await effect in effects { doing.addTask { await self.perform(effect) } }
                }
            }
        }
        keep()
    }

    /// Hears what happens; who falls behind begins again with what is known.
    private func listen() async {
        while !Task.isCancelled {
            let events = home.events()
            if !hasBegun {
                if isResuming { await settle() }
                hasBegun = true
                hear()
                enqueue(engine.resume(at: clock.now, in: world))
            }
            for await event in events { if let event = RuleEvent(event) { take(event) } }
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
        }
        work.continuation.finish()
    }

    /// Has messages on the topics that rules look out for told.
    private func hear() { home.hear(engine.rules.filter(\.isEnabled).flatMap(\.topics)) }

    private func keep() { try? store.save(engine.kept(at: clock.now)) }

    /// Kept before it is done: who is killed in between does it once at most.
    private func enqueue(_ effects: [RuleEffect]) {
        guard !effects.isEmpty else { return }
        keep()
        effects.forEach { work.continuation.yield($0) }
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

    /// Switches a rule on or off; whether it is trusted stays as it is.
    ///
    /// - Returns: The rule as it is now; nil: there is none.
    public func enable(_ id: RuleID, _ isEnabled: Bool) throws -> Rule? {
        guard var rule = engine.rule(id) else { return nil }
        rule.isEnabled = isEnabled
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
    public func traces(of id: RuleID) -> [RuleTrace] { engine.traces(of: id) }

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
        case .notify(let text, let title, let recipient):
            try store.add(Notice(date: clock.now, text: text, title: title, recipient: recipient, rule: effect.rule.description))
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
        case .scene(let name): throw RuleError(.badRule, "there is no scene '\(name)'")
        case .callWebhook(let address, _): throw RuleError(.badRule, "'\(address)' isn't called: this Lares calls no addresses yet")
        }
        return .done
    }

    /// What is dangerous is done only by a rule of which a person said that it may.
    private func carryOut(_ command: ThingCommand, of rule: RuleID) async throws {
        if let hazard = home.hazard(of: command), !trusted.contains(rule) {
            throw ThingsError(
                .needsConfirmation, "'\(command.thing)': this rule may not do what \(hazard.rawValue); save it again with \"trusted\": true"
            )
        }
        note(rule, command)
        let outcome = try await home.carryOut(command)
        if outcome == .superseded { throw ThingsError(.noAnswer, "'\(command.thing)' was asked for something else meanwhile") }
    }
}

/// What a rule would have done.
extension Automations {
    /// Runs a rule over what was recorded.
    ///
    /// - Throws: ``RuleError``; ``TelemetryError``.
    public nonisolated func replay(_ rule: Rule, over range: Range<LaresThings.Timestamp>, in telemetry: any TelemetryStore) async throws
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
