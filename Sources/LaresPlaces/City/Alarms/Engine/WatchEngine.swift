internal import Foundation
internal import LaresForecast
internal import LaresThings

/// Watches series by plans: has one detector for each, and says what is odd. It knows no clock and no disk.
struct WatchEngine: Sendable {
    /// What a detector says of a reading.
    enum Word: Sendable, Hashable {
        /// It is odd, and news.
        case odd(AlarmBook.Sign)
        /// It is still odd.
        case still(watch: String, SeriesKey)
    }

    struct Key: Hashable, Sendable {
        let watch: String
        let series: SeriesKey
    }

    /// No more series are watched, each with up to 6.5 kB; those that come later aren't.
    static let mostSeries = 50_000

    private(set) var plans: [WatchPlan] = []
    private var detectors: [Key: WatchDetector] = [:]
    private var unsaved: Set<Key> = []
    /// Those that are kept next, so that each has its turn.
    private var line: [Key] = []
    /// Which plans watch a series, as far as it was asked.
    private var watching: [SeriesKey: [WatchPlan]] = [:]

    /// Detectors of the registry, which watch beside the plans.
    var trained = TrainedWatches()

    /// How many series are watched, each by each of its plans and detectors.
    var count: Int { detectors.count + trained.count }

    /// Goes on with these plans; what none of them watches in this way any more is forgotten.
    mutating func set(_ plans: [WatchPlan]) {
        (self.plans, watching) = (plans, [:])
        let byID = Dictionary(plans.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        detectors = detectors.filter { key, detector in
            byID[key.watch].map { $0.watches(key.series) && $0.learning == detector.learning && $0.kind == detector.kind } ?? false
        }
        unsaved.formIntersection(detectors.keys)
    }

    /// Takes a reading in.
    ///
    /// - Parameter isOfThing: Whether it is a property's; each plan means those.
    mutating func take(_ address: SeriesKey, _ value: PropertyValue?, at date: Date, in place: AreaID?, isOfThing: Bool = true) -> [Word] {
        guard let value else { return [] }
        let words = trained.take(address, value, at: date, in: place)
        return words
            + plans(for: address, isOfThing).compactMap { plan in
                plan.number(value).flatMap { observe($0, Key(watch: plan.id, series: address), plan, at: date, in: place) }
            }
    }

    private mutating func plans(for address: SeriesKey, _ isOfThing: Bool) -> [WatchPlan] {
        if let known = watching[address] { return known }
        let found = plans.filter { $0.watches(address) && (isOfThing || $0.isBeyondThings) }
        if watching.count < 2 * Self.mostSeries { watching[address] = found }
        return found
    }

    private mutating func observe(_ value: Double, _ key: Key, _ plan: WatchPlan, at date: Date, in place: AreaID?) -> Word? {
        if detectors[key] == nil {
            guard detectors.count < Self.mostSeries, let detector = WatchDetector(plan) else { return nil }
            detectors[key] = detector
        }
        guard let score = detectors[key]?.observe(value, at: Self.milliseconds(date)) else { return nil }
        unsaved.insert(key)
        if score >= plan.threshold {
            let model: (name: String, version: String) = detectors[key]?.model ?? ("", "")
            let cause = Alarm.Cause(series: key.series, value: value, score: score, model: model.name, version: model.version)
            return .odd(AlarmBook.Sign(watch: plan.id, place: place, severity: plan.severity, cause: cause))
        }
        return (detectors[key]?.oddness ?? 0) >= plan.threshold ? .still(watch: plan.id, key.series) : nil
    }

    /// Forgets what was watched of a thing.
    mutating func remove(_ thing: String) {
        detectors = detectors.filter { $0.key.series.thing != thing }
        watching = watching.filter { $0.key.thing != thing }
        unsaved.formIntersection(detectors.keys)
    }
}

/// What histories teach.
extension WatchEngine {
    /// Which of these series plans watch that haven't seen enough to call anything odd.
    func unlearned(_ addresses: [SeriesKey], areOfThings: Bool = true) -> [(key: Key, learning: Int)] {
        addresses.flatMap { address in
            plans.filter {
                $0.watches(address) && (areOfThings || $0.isBeyondThings)
                    && (detectors[Key(watch: $0.id, series: address)]?.count ?? 0) <= $0.learning
            }
            .map { (Key(watch: $0.id, series: address), $0.learning) }
        }
    }

    /// Learns from readings of before, oldest first, unless more was seen since.
    mutating func learn(_ key: Key, from readings: [(value: PropertyValue, date: Date)]) {
        guard let plan = plans.first(where: { $0.id == key.watch }), plan.watches(key.series),
            detectors[key] != nil || detectors.count < Self.mostSeries, var detector = WatchDetector(plan)
        else { return }
        for (value, date) in readings {
            guard let number = plan.number(value) else { continue }
            _ = detector.observe(number, at: Self.milliseconds(date))
        }
        guard detector.count > detectors[key]?.count ?? 0 else { return }
        detectors[key] = detector
        unsaved.insert(key)
    }

    static func milliseconds(_ date: Date) -> Int64 { Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0 }
}

extension WatchPlan {
    /// A value as a number. A watch over all properties means numbers; whoever wants a switch watched names it.
    fileprivate func number(_ value: PropertyValue) -> Double? {
        value.number ?? (properties == "+" ? nil : value.boolean.map { $0 ? 1 : 0 })
    }
}

/// What is kept.
extension WatchEngine {
    /// The states of some that saw something since they were kept; each has its turn.
    mutating func takeUnsaved(atMost most: Int) -> [(key: Key, state: [UInt8])] {
        if line.count < most {
            line = unsaved.subtracting(line) + line
            unsaved = []
        }
        let keys = line.suffix(most)
        line.removeLast(keys.count)
        return keys.compactMap { key in detectors[key].map { (key, $0.state) } } + trained.takeUnsaved(atMost: most)
    }

    /// Says that they couldn't be kept.
    mutating func putBack(_ keys: [Key]) {
        unsaved.formUnion(keys.filter { detectors[$0] != nil })
        trained.putBack(keys)
    }

    /// Goes on with what was kept; what can't be read, or was learnt in another way, begins anew.
    mutating func restore(_ key: Key, _ state: [UInt8]) {
        guard let plan = plans.first(where: { $0.id == key.watch }), plan.watches(key.series), detectors.count < Self.mostSeries,
            let detector = WatchDetector(plan, state: state)
        else { return }
        detectors[key] = detector
    }
}
