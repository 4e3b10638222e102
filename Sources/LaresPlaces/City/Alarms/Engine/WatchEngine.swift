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
    private var detectors: [Key: any WatchDetector] = [:]
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
            byID[key.watch].map { $0.keeps(key.series) && $0.suits(detector) } ?? false
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
                plan.number(value).flatMap { observe($0, of: address, plan, at: date, in: place) }
            }
    }

    private mutating func plans(for address: SeriesKey, _ isOfThing: Bool) -> [WatchPlan] {
        if let known = watching[address] { return known }
        let found = plans.filter { $0.watches(address) && (isOfThing || $0.isBeyondThings) }
        if watching.count < 2 * Self.mostSeries { watching[address] = found }
        return found
    }

    private mutating func observe(_ value: Double, of series: SeriesKey, _ plan: WatchPlan, at date: Date, in place: AreaID?) -> Word? {
        let key = Key(watch: plan.id, series: plan.key(of: series))
        if detectors[key] == nil {
            guard detectors.count < Self.mostSeries, let detector = plan.detector() else { return nil }
            detectors[key] = detector
        }
        guard let score = detectors[key]?.observe(value, of: plan.place(of: series), at: Self.milliseconds(date)) else { return nil }
        unsaved.insert(key)
        guard let detector = detectors[key], max(score, detector.oddness) >= plan.threshold else { return nil }
        // Of several that are watched together the first stands for all: there is one alarm of them.
        let subject = plan.together(with: series)[0]
        guard score >= plan.threshold else { return .still(watch: plan.id, subject) }
        let cause = Alarm.Cause(
            series: subject, value: detector.judged ?? value, score: score, model: detector.model.name, version: detector.model.version)
        return .odd(AlarmBook.Sign(watch: plan.id, place: place, severity: plan.severity, cause: cause))
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
    /// A detector that knows little, and the series whose histories it learns from.
    struct Unlearned: Sendable {
        let key: Key
        let learning: Int
        let series: [SeriesKey]
    }

    /// What plans watch of these series without having seen enough to call anything odd.
    func unlearned(_ addresses: [SeriesKey], areOfThings: Bool = true) -> [Unlearned] {
        addresses.flatMap { address in
            plans.filter { $0.watches(address) && (areOfThings || $0.isBeyondThings) && $0.place(of: address) == 0 }.compactMap { plan in
                let key = Key(watch: plan.id, series: plan.key(of: address))
                guard detectors[key]?.count ?? 0 <= plan.learning else { return nil }
                return Unlearned(key: key, learning: plan.learning, series: plan.together(with: address))
            }
        }
    }

    /// Learns from readings of before, oldest first, unless more was seen since.
    mutating func learn(_ key: Key, from readings: [(series: SeriesKey, value: PropertyValue, date: Date)]) {
        guard let plan = plans.first(where: { $0.id == key.watch }), plan.keeps(key.series),
            detectors[key] != nil || detectors.count < Self.mostSeries, var detector = plan.detector()
        else { return }
        for (series, value, date) in readings {
            guard let number = plan.number(value) else { continue }
            _ = detector.observe(number, of: plan.place(of: series), at: Self.milliseconds(date))
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
        value.number ?? (properties == ["+"] ? nil : value.boolean.map { $0 ? 1 : 0 })
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
        guard let plan = plans.first(where: { $0.id == key.watch }), plan.keeps(key.series), detectors.count < Self.mostSeries,
            let detector = plan.detector(state: state)
        else { return }
        detectors[key] = detector
    }
}
