public import Foundation
public import LaresJSON
public import LaresThings

/// What a home does at times that no rule names: kitchen timers, commands that wait, and looking lived in while nobody is there.
///
/// ```swift
/// let times = try Timekeeper(home: home, store: store, telemetry: telemetry, automations: automations)
/// async let end: Void = times.run()                   // until its task is cancelled
/// let eggs = try await times.start("Eggs", seconds: 300)
/// ```
///
/// All of it is kept in `places.db`. A timer that has run down is an event `timer` for rules, `{"id", "name"}`, and a notice; a switching of the
/// simulation is an event `presence`, `{"property", "value"}`, which the blueprint `vacation` looks out for.
public actor Timekeeper {
    /// A timer and its number, by which it is known.
    public struct Numbered: Hashable, Sendable {
        /// From 1.
        public let id: Int
        /// The timer.
        public var timer: CountdownTimer
        /// Whether somebody had a hand in it who may not start trusted rules (``RuleEvent``).
        public var isDoubted = false
    }

    /// Says whether a command that waited may be carried out, by what it was permitted on, and writes it down; what it throws is why it isn't done.
    public typealias Permit = @Sendable (ThingCommand, _ pledge: JSON) throws -> Void

    /// How many timers there may be.
    public static let most = 100

    let home: Home
    let telemetry: any TelemetryStore
    let automations: Automations
    let clock: any TimeSource
    private let permit: Permit?
    private let store: TimekeeperStore
    /// The timers that run or are paused, the first that was started first.
    public private(set) var timers: [Numbered]
    private var delayed: DelayedCommands
    /// What is simulated.
    public private(set) var presence: PresencePlan
    private var day: (day: CalendarDay, switchings: [PresenceSimulation.Switching])?
    private var checkedUntil: Date

    /// As they were left.
    ///
    /// - Parameter permit: Whether what waited may be carried out, asked when it is due; nil: it may.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: HomeStore, telemetry: any TelemetryStore, automations: Automations, clock: any TimeSource = SystemTime(),
        permit: Permit? = nil
    ) throws {
        (self.home, self.telemetry, self.automations, self.clock, self.permit) = (home, telemetry, automations, clock, permit)
        self.store = TimekeeperStore(store)
        (timers, delayed, presence) = (try self.store.timers(), try self.store.delayed(), try self.store.presence())
        checkedUntil = clock.now
    }

    /// Lets time pass until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            await pass()
        }
    }

    /// Does what is due.
    package func pass() async {
        let now = clock.now
        await ring(at: now)
        await carryOut(at: now)
        await simulate(from: checkedUntil, to: now)
        checkedUntil = now
    }
}

/// Timers.
extension Timekeeper {
    /// Starts a timer.
    ///
    /// - Parameter isDoubted: Whether whoever wants it may not start trusted rules.
    /// - Throws: ``ScheduleError`` with `badSchedule`, or `full`; an error of the database.
    public func start(_ name: String, seconds: Double, isDoubted: Bool = false) throws -> Numbered {
        guard timers.count < Self.most else { throw ScheduleError(.full, "\(Self.most) timers run already: stop some") }
        let timer = try CountdownTimer(name: name, seconds: seconds, at: clock.now)
        let new = Numbered(id: (timers.map(\.id).max() ?? 0) + 1, timer: timer, isDoubted: isDoubted)
        return try keep(timers + [new], returning: timers.count)
    }

    /// Changes a timer: pauses it, lets it go on, adds time.
    ///
    /// - Parameter isDoubted: Whether whoever wants it may not start trusted rules: when it rings is their doing too.
    /// - Returns: The timer as it is now; nil: there is none of this number.
    public func change(
        _ id: Int, isDoubted: Bool = false, _ change: @Sendable (inout CountdownTimer, Date) -> Void
    ) throws -> Numbered? {
        guard let place = timers.firstIndex(where: { $0.id == id }) else { return nil }
        var changed = timers
        change(&changed[place].timer, clock.now)
        if isDoubted { changed[place].isDoubted = true }
        return try keep(changed, returning: place)
    }

    /// Stops a timer without ringing.
    ///
    /// - Returns: The timer that was; nil: there was none.
    public func stop(_ id: Int) throws -> Numbered? {
        guard let place = timers.firstIndex(where: { $0.id == id }) else { return nil }
        let timer = timers[place]
        try store.save(timers.filter { $0.id != id })
        timers.remove(at: place)
        return timer
    }

    private func keep(_ changed: [Numbered], returning place: Int) throws -> Numbered {
        try store.save(changed)
        timers = changed
        return changed[place]
    }

    private func ring(at now: Date) async {
        let over = timers.filter { one in
            var timer = one.timer
            return timer.rings(at: now)
        }
        guard !over.isEmpty, (try? store.save(timers.filter { !over.contains($0) })) != nil else { return }
        timers.removeAll(where: over.contains)
        for one in over { await automations.ring(one) }
    }
}

/// Commands that wait.
extension Timekeeper {
    /// The commands that wait, the next one first.
    public var waiting: [DelayedCommand] { delayed.all }

    /// Has a thing do something later. Whoever calls it has asked the policy, which is asked again when it is due.
    ///
    /// - Parameter pledge: What it was permitted on, for ``Permit``.
    /// - Throws: ``ScheduleError`` with `badSchedule`, or `full`; an error of the database.
    public func wait(_ command: ThingCommand, until due: Date, on pledge: JSON = .null) throws -> DelayedCommand {
        let order = WaitingOrder(command, pledge)
        let used = Set(delayed.all.map(\.id)), id = (1...).lazy.map { "\($0)" }.first { !used.contains($0) } ?? ""
        guard let waiting = DelayedCommand(id: id, due: Instant(flooring: due), command: order.json, missed: .runOnce(within: 3_600)) else {
            throw ScheduleError(.badSchedule, "a command waits until a moment of the years 1900 to 2199")
        }
        var changed = delayed
        try changed.add(waiting)
        try store.save(changed)
        delayed = changed
        return waiting
    }

    /// Takes back a command that waits.
    ///
    /// - Returns: The command; nil: none has this name.
    public func cancel(_ id: String) throws -> DelayedCommand? {
        var changed = delayed
        guard let command = changed.cancel(id) else { return nil }
        try store.save(changed)
        delayed = changed
        return command
    }

    /// What is due leaves the store before it is done: who is killed in between does it once at most.
    private func carryOut(at now: Date) async {
        guard let next = delayed.nextDate, next <= now else { return }
        var changed = delayed
        let (due, late) = changed.take(dueAt: now)
        guard (try? store.save(changed)) != nil else { return }
        delayed = changed
        for command in due { await carryOut(command) }
        for command in late { await automations.tell("✗ \(WaitingOrder(command)?.command.subject ?? "")") }
    }

    private func carryOut(_ waiting: DelayedCommand) async {
        guard let order = WaitingOrder(waiting) else { return }
        do {
            try permit?(order.command, order.pledge)
            _ = try await home.carryOut(order.command)
        } catch {
            await automations.tell("✗ \(order.command.subject): \((error as? ThingsError)?.message ?? "\(error)")")
        }
    }
}

/// Looking lived in.
extension Timekeeper {
    /// Sets what is simulated.
    ///
    /// - Throws: An error of the database.
    public func set(_ plan: PresencePlan) throws {
        try store.save(plan)
        (presence, day) = (plan, nil)
    }

    /// So many recorded changes of a property are looked at.
    private static let mostSwitchings = 100_000

    /// What a day's simulation switches, earliest first; nothing when it is off.
    ///
    /// - Throws: ``TelemetryError``; ``ScheduleError``.
    public func switchings(on day: CalendarDay) async throws -> [PresenceSimulation.Switching] {
        guard presence.isEnabled else { return [] }
        let zone = automations.site.zone, plan = presence
        let first = zone.instant(wall: day.adding(-7 * plan.weeks).ordinal * 86_400), end = zone.instant(wall: day.ordinal * 86_400)
        let range = Timestamp(first.date)..<Timestamp(end.date)
        var recorded: [PresenceSimulation.Switching] = []
        for address in plan.properties {
            guard let property = home.property(address) else { continue }
            var recording = try await Recording(address, over: range, in: telemetry, property: property)
            for _ in 0..<Self.mostSwitchings {
                guard let event = try await recording.next(atMost: RuleReplay.mostReadings) else { break }
                if let switching = PresenceSimulation.Switching(event, of: address) { recorded.append(switching) }
            }
        }
        return try PresenceSimulation(repeating: recorded, in: zone, weeks: plan.weeks, jitter: plan.jitter, seed: plan.seed).switchings(
            on: day)
    }

    /// What is switched today.
    ///
    /// - Throws: ``TelemetryError``; ``ScheduleError``.
    public func switchingsToday() async throws -> [PresenceSimulation.Switching] {
        try await switchings(on: CalendarDay(ordinal: automations.site.zone.wall(at: Instant(flooring: clock.now)).day))
    }

    private func simulate(from earlier: Date, to now: Date) async {
        guard presence.isEnabled else { return }
        let today = CalendarDay(ordinal: automations.site.zone.wall(at: Instant(flooring: now)).day)
        if day?.day != today {
            guard let switchings = try? await switchings(on: today) else { return }
            day = (today, switchings)
        }
        for switching in day?.switchings ?? [] where earlier < switching.instant.date && switching.instant.date <= now {
            await automations.take(switching.event)
        }
    }
}

extension PresenceSimulation.Switching {
    /// What was recorded, if a property got a value.
    fileprivate init?(_ recorded: RuleReplay.Recorded, of address: PropertyAddress) {
        guard case .changed(let change) = recorded.event, let value = change.new else { return nil }
        self.init(thing: address.description, instant: Instant(flooring: recorded.date), value: value.json)
    }
}

extension Automations {
    /// A timer has run down: rules hear of it, and people are told.
    func ring(_ timer: Timekeeper.Numbered) {
        let data: JSON = ["id": .int(timer.id), "name": .string(timer.timer.name)]
        take(.fired("timer", data: data, by: Cause(.time, name: "timer"), isDoubted: timer.isDoubted))
        tell(timer.timer.name.isEmpty ? "⏰" : "⏰ \(timer.timer.name)")
    }

    /// Tells people something that no rule said.
    func tell(_ text: String) {
        let notice = Notice(date: clock.now, text: text, title: nil, recipient: nil, rule: "")
        if let outbox { _ = try? outbox.post(notice, isUrgent: true) } else { try? store.add(notice) }
    }
}
