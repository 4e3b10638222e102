public import Foundation
public import LaresThings

/// Watches a home or a city: has detectors look at what the plans name, raises and clears alarms, and keeps one line of what happened around them.
///
/// ```swift
/// let watching = try Watching(home: home, store: AlarmStore(store))
/// async let end: Void = watching.run()                 // until its task is cancelled
/// try await watching.set(WatchPlan(json))
/// ```
public actor Watching {
    let home: Home
    let store: AlarmStore
    let clock: any TimeSource
    let rules: AlarmRules
    let telemetry: (any TelemetryStore)?
    let models: (any TrainedModels)?
    var engine = WatchEngine()
    var book: AlarmBook
    private var places: [String: AreaID] = [:]
    /// Series that are no things', as far as they were looked at.
    var lately = LatestReadings()
    /// What else knows where a series is, in people's words.
    let whereabouts: @Sendable (SeriesKey) -> String?
    /// Readings of series that are no things', until they are looked at; the oldest go when there are too many.
    private let beyond: (stream: AsyncStream<[TappedTelemetry.Told]>, add: AsyncStream<[TappedTelemetry.Told]>.Continuation)
    /// When a series that says the same again was last looked at.
    private var heard: [SeriesKey: Date] = [:]
    private var watchers: [Int: AsyncStream<Alarm>.Continuation] = [:]
    private var lastWatcher = 0
    private var (rounds, looks) = (0, 0)
    /// Whether the store tells of what is watched.
    private var isTapped = true
    private let startedAt: Date

    /// Seconds between two looks at what time brings; every twelfth also looks at who said the same again.
    static let period = 5
    /// Rounds in which all that was learnt is kept once, when that is much: an hour, so that the disk isn't always written.
    static let savingRounds = 720
    /// Alarms that one who watches may lag behind.
    static let lag = 1_000
    /// Seconds after which a series that says nothing is looked at less often.
    static let silence = 3_600.0
    /// Readings of the store that are looked at in one go.
    static let batch = 10_000
    /// Calls of the store whose readings may wait to be looked at.
    static let backlog = 256

    /// Watching as it was left.
    ///
    /// - Parameters:
    ///   - home: The home.
    ///   - store: Where plans, alarms and what is learnt are kept.
    ///   - telemetry: Histories to learn from; nil: none.
    ///   - rules: When alarms are over and belong together.
    ///   - models: The registry, for its detectors; nil: there is none.
    ///   - clock: What time it is.
    ///   - whereabouts: Where a series is whose name doesn't say it, in people's words; asked once an hour for each.
    /// - Throws: An error of the database.
    public init(
        home: Home, store: AlarmStore, telemetry: (any TelemetryStore)? = nil, rules: AlarmRules = AlarmRules(),
        models: (any TrainedModels)? = nil, clock: any TimeSource = SystemTime(),
        whereabouts: @escaping @Sendable (SeriesKey) -> String? = { _ in nil }
    ) throws {
        (self.home, self.store, self.telemetry, self.rules, self.clock) = (home, store, telemetry, rules, clock)
        (self.models, self.whereabouts) = (models, whereabouts)
        let (stream, add) = AsyncStream.makeStream(of: [TappedTelemetry.Told].self, bufferingPolicy: .bufferingNewest(Self.backlog))
        beyond = (stream, add)
        startedAt = clock.now
        let kept = try store.recent(since: clock.now - max(rules.reopen, rules.together))
        book = AlarmBook(rules, alarms: kept.alarms, incidents: kept.incidents, last: kept.last)
        var engine = WatchEngine()
        engine.set(try store.plans())
        try store.states { engine.restore($0, $1) }
        self.engine = engine
    }

    /// Watches until its task is cancelled.
    public func run() async {
        let first = home.events()
        begin()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.listen(first) }
            group.addTask { await self.passTime() }
            group.addTask {
                await self.retap()
                try? await self.learn()
            }
            group.addTask { await self.hearBeyond() }
            group.addTask { await self.lookRepeatedly() }
        }
        for watcher in watchers.values { watcher.finish() }
        keep()
        keepStates(.max)
    }

    private func listen(_ first: AsyncStream<HomeEvent>) async { await home.hear(from: first, again: begin, take) }

    private func hearBeyond() async {
        for await readings in beyond.stream {
            take(readings)
            await explain()
        }
    }

    /// Tells of readings of series that are no things'.
    package func take(_ readings: [TappedTelemetry.Told]) {
        for one in readings { observe(one.series, .number(one.number), at: one.time.date, isOfThing: false) }
    }

    /// Where other programs write to the store, what they write is looked for.
    private func lookRepeatedly() async {
        guard telemetry?.isShared == true else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(Self.period))
            // Without an answer nothing is missed: it goes on from where it was.
            try? await look()
        }
    }

    /// Looks at what other programs wrote to the store since, so many readings at once; at each twelfth time also for series that they made, and
    /// at those that have been silent for an hour.
    ///
    /// - Throws: `TelemetryError`; nothing is missed then.
    package func look() async throws {
        guard let telemetry = telemetry as? TappedTelemetry else { return }
        looks += 1
        let looksAtAll = looks.isMultiple(of: 12)
        if looksAtAll { try await telemetry.discover() }
        let start = looksAtAll ? nil : Timestamp(clock.now - Self.silence)
        var isMore = true
        while isMore, !Task.isCancelled {
            let news = try await telemetry.news(atMost: Self.batch, ofThoseSince: start)
            take(news.told)
            await explain()
            isMore = news.isMore
        }
    }

    /// Has the store tell of what is watched now; while it can't be asked, that is tried again.
    private func retap() async { isTapped = (try? await tap()) != nil }

    /// Has the store tell of what is watched beside things.
    package func tap() async throws {
        guard let telemetry = telemetry as? TappedTelemetry else { return }
        let (plans, trained) = (engine.plans.filter(\.isBeyondThings), engine.trained.series)
        let (home, add) = (home, beyond.add)
        try await telemetry.tap { key in
            guard plans.contains(where: { $0.watches(key) && Self.isMeant(key) }) || trained.contains(key) else { return false }
            // What a thing says comes from the home itself.
            return !Self.isOfThing(key, home)
        } tell: {
            add.yield($0)
        }
    }

    /// Whether a plan that names no series by itself means it: what Lares wrote beside a series isn't.
    static func isMeant(_ key: SeriesKey) -> Bool { !key.isReserved && !key.isForecast }

    static func isOfThing(_ key: SeriesKey, _ home: Home) -> Bool {
        PropertyAddress(key.description).flatMap { home.property($0) } != nil
    }

    private func passTime() async {
        while !Task.isCancelled {
            if arrange() || !isTapped { await retap() }
            tick()
            await explain()
            try? await Task.sleep(for: .seconds(Self.period))
        }
    }

    /// Takes in where things are.
    package func begin() {
        places = [:]
        for view in home.things() { places[view.thing.id.description] = view.thing.area }
    }

    /// Tells of something that happened in the home.
    package func take(_ event: HomeEvent) {
        switch event {
        case .changed(let change):
            book.note(change, in: places[change.address.thing.description])
            observe(SeriesKey(change.address), change.new, at: change.date)
        case .asked(let address, let value?, let date):
            book.noteAsked(address, value, in: places[address.thing.description], at: date)
        case .described(let id): places[id.description] = home.thing(id)?.thing.area
        case .removed(let id):
            places[id.description] = nil
            heard = heard.filter { $0.key.thing != id.description }
            engine.remove(id.description)
        case .asked, .availability, .heard, .refused: break
        }
    }

    private func observe(_ key: SeriesKey, _ value: PropertyValue?, at date: Date, isOfThing: Bool = true) {
        if isOfThing { heard[key] = date } else if let number = value?.number { book.note(number, of: key, at: date) }
        let place = isOfThing ? places[key.thing] : place(of: key)
        for word in engine.take(key, value, at: date, in: place, isOfThing: isOfThing) {
            switch word {
            case .odd(let sign): book.take(sign, at: date, after: lately.entries(of: sign.cause.series, before: date))
            case .still(let watch, let series): book.goOn(watch, series, at: date)
            }
        }
        if !isOfThing, let number = value?.number { lately.take(number, of: key, at: date) }
    }

    /// Lets time pass.
    package func tick() {
        if rounds.isMultiple(of: 12) { hear() }
        // Stations are moved, and tags aren't.
        if rounds.isMultiple(of: Self.savingRounds) { lately.forgetPlaces() }
        book.pass(to: clock.now)
        keep()
        keepStates(engine.count / Self.savingRounds + 1)
        rounds += 1
    }

    /// A report that says the same again is no event of the home's, and yet a reading: who reported since the last time is asked for.
    private func hear() {
        guard !engine.plans.isEmpty || engine.trained.count > 0 else { return }
        for view in home.things() {
            for (name, state) in view.states {
                let address = SeriesKey(PropertyAddress(view.thing.id, name))
                guard let date = state.reportedAt, date > heard[address] ?? startedAt else { continue }
                observe(address, state.reported, at: min(date, clock.now))
                heard[address] = date
            }
        }
    }

    func keep() {
        let changed = book.takeChanged()
        do {
            try store.save(changed.alarms, changed.incidents, rules: rules)
            changed.alarms.forEach(tell)
        } catch {
            book.putBack(changed.alarms, changed.incidents)
        }
    }

    private func tell(_ alarm: Alarm) {
        for (number, watcher) in watchers {
            if case .terminated = watcher.yield(alarm) { watchers[number] = nil }
        }
    }

    private func keepStates(_ most: Int) {
        let states = engine.takeUnsaved(atMost: most)
        do { try store.save(states) } catch { engine.putBack(states.map(\.key)) }
    }
}

/// What people see and do.
extension Watching {
    /// The plans, by their ids.
    public var plans: [WatchPlan] { engine.plans }

    /// How many series are watched.
    public var seriesCount: Int { engine.count }

    /// Keeps a plan, new or changed, and watches by it; it learns from what history there is before this returns.
    ///
    /// - Throws: ``AlarmError`` with `full`; an error of the database.
    public func set(_ plan: WatchPlan) async throws {
        var plans = engine.plans.filter { $0.id != plan.id }
        guard plans.count < WatchPlan.most else { throw AlarmError(.full, "there are \(WatchPlan.most) watches already: remove some") }
        try store.save(plan)
        plans.append(plan)
        engine.set(plans.sorted { $0.id < $1.id })
        await retap()
        // Without a history it learns from what comes.
        try? await learn()
    }

    /// Watches by a plan no more. Its alarms are over by themselves.
    ///
    /// - Throws: ``AlarmError`` with `unknown`; an error of the database.
    public func remove(plan id: String) async throws {
        guard engine.plans.contains(where: { $0.id == id }) else { throw AlarmError(.unknown, "there is no watch '\(id)'") }
        try store.remove(plan: id)
        engine.set(engine.plans.filter { $0.id != id })
        await retap()
    }

    /// Alarms, the latest first, those that aren't over and those that are kept.
    public func alarms(limit: Int = 1_000, before number: Int = .max) throws -> [Alarm] {
        keep()
        return try store.alarms(limit: limit, before: number)
    }

    /// Incidents, the latest first.
    public func incidents(limit: Int = 100, before number: Int = .max) throws -> [Incident] {
        keep()
        return try store.incidents(limit: limit, before: number)
    }

    /// An incident; nil: there is none of that number.
    public func incident(_ number: Int) throws -> Incident? { try book.incident(number) ?? store.incident(number) }

    /// An alarm; nil: there is none of that number.
    public func alarm(_ number: Int) throws -> Alarm? { try book.alarm(number) ?? store.alarm(number) }

    /// Alarms that change from now on, as they are then; they are on the disk before. Who doesn't keep up loses the latest of it.
    public func changes() -> AsyncStream<Alarm> {
        let (stream, continuation) = AsyncStream.makeStream(of: Alarm.self, bufferingPolicy: .bufferingOldest(Self.lag))
        lastWatcher += 1
        watchers[lastWatcher] = continuation
        return stream
    }

    /// Somebody saw an alarm.
    ///
    /// - Throws: ``AlarmError``.
    public func acknowledge(_ number: Int, by person: String) throws {
        try book.acknowledge(number, by: person, at: clock.now)
        keep()
    }

    /// Nobody wants to hear of an alarm until then.
    ///
    /// - Throws: ``AlarmError``.
    public func shelve(_ number: Int, until end: Date, by person: String) throws {
        try book.shelve(number, until: end, by: person, at: clock.now)
        keep()
    }

    /// Somebody says that an alarm is over, and why if they like.
    ///
    /// - Throws: ``AlarmError``.
    public func clear(_ number: Int, by person: String, because reason: String? = nil) throws {
        try book.clear(number, by: person, because: reason, at: clock.now)
        keep()
    }

    /// Something else that looks, such as at traffic or at devices, thinks something odd: an alarm begins, goes on or is back.
    ///
    /// - Returns: The alarm's number; nil: there are too many.
    @discardableResult
    public func raise(_ sign: AlarmBook.Sign, at date: Date) -> Int? {
        let number = book.take(sign, at: date)
        keep()
        return number
    }

    /// What was raised so is still so.
    public func goOn(_ watch: String, _ series: SeriesKey, at date: Date) { book.goOn(watch, series, at: date) }

    /// Something of another kind, such as a forecast or the run of a rule, for the incidents that it belongs to.
    public func note(_ entry: TimelineEntry, about thing: ThingID) { book.note(entry, about: thing, in: places[thing.description]) }
}
