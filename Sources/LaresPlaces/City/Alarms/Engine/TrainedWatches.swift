internal import Foundation
internal import LaresForecast
internal import LaresJSON
internal import LaresThings

/// Detectors of the registry: the version in production watches the series that its plan names, a candidate is shadowed, and what it would have raised is
/// counted. It knows no clock and no disk.
struct TrainedWatches: Sendable {
    /// A version of a detector.
    struct Watch: Sendable {
        let name: String
        let number: Int
        let severity: Alarm.Severity
        let isShadow: Bool
        fileprivate(set) var detectors: [SeriesKey: any ServedDetector] = [:]
        fileprivate var thresholds: [SeriesKey: Double] = [:]
        /// Readings that it looked at, and those that it called odd.
        fileprivate(set) var readings = 0, alarms = 0

        /// What its states are kept under: no name of a plan has a colon.
        var key: String { "\(name):\(number)" }
    }

    private(set) var watches: [String: Watch] = [:]
    /// Which watches look at a series.
    private var watching: [SeriesKey: [String]] = [:]
    private var unsaved: Set<WatchEngine.Key> = []
    /// Versions whose files can't be read, as the keys they would have: they aren't tried again.
    var unreadable: Set<String> = []

    /// How many series are watched, each by each of its detectors.
    var count: Int { watches.values.reduce(0) { $0 + $1.detectors.count } }

    /// All series that are looked at.
    var series: Set<SeriesKey> { Set(watching.keys) }

    /// Whether a version is here in this role.
    func has(_ name: String, _ number: Int, isShadow: Bool) -> Bool {
        watches["\(name):\(number)"].map { $0.isShadow == isShadow } ?? false
    }

    /// Goes on with these versions only; one that is promoted goes on with what it saw as a shadow.
    mutating func keep(_ wanted: [(name: String, number: Int, isShadow: Bool)]) {
        var kept: [String: Watch] = [:]
        for one in wanted {
            guard let known = watches["\(one.name):\(one.number)"] else { continue }
            var watch = Watch(name: one.name, number: one.number, severity: known.severity, isShadow: one.isShadow)
            (watch.detectors, watch.thresholds, watch.readings) = (known.detectors, known.thresholds, known.readings)
            watch.alarms = known.alarms
            kept[watch.key] = watch
        }
        watches = kept
        index()
    }

    /// Adds a version, as it learnt, or with states that were kept.
    mutating func add(_ model: DetectorModel, _ name: String, _ number: Int, isShadow: Bool, states: [SeriesKey: [UInt8]]) {
        var watch = Watch(
            name: name, number: number, severity: Alarm.Severity(rawValue: model.plan.severity.rawValue) ?? .major, isShadow: isShadow)
        for member in model.members {
            guard let address = SeriesKey(member.name) else { continue }
            let kept = states[address].flatMap { try? model.plan.kind.detector.init(state: $0) }
            watch.detectors[address] = kept.flatMap { $0.settings == member.detector.settings ? $0 : nil } ?? member.detector
            watch.thresholds[address] = member.threshold
        }
        watches[watch.key] = watch
        index()
    }

    private mutating func index() {
        watching = [:]
        for (key, watch) in watches { for address in watch.detectors.keys { watching[address, default: []].append(key) } }
        for address in watching.keys { watching[address]?.sort() }
        unsaved = unsaved.filter { watches[$0.watch] != nil }
    }

    /// Has those that watch a series look at a reading.
    mutating func take(_ address: SeriesKey, _ value: PropertyValue, at date: Date, in place: AreaID?) -> [WatchEngine.Word] {
        guard let keys = watching[address], let number = value.number ?? value.boolean.map({ $0 ? 1 : 0 }) else { return [] }
        return keys.compactMap { watches[$0]?.look(address, number, at: date, in: place, &unsaved) }
    }

    mutating func takeUnsaved(atMost most: Int) -> [(key: WatchEngine.Key, state: [UInt8])] {
        let keys = unsaved.prefix(most)
        unsaved.subtract(keys)
        return keys.compactMap { key in watches[key.watch]?.detectors[key.series].map { (key, $0.state) } }
    }

    mutating func putBack(_ keys: [WatchEngine.Key]) { unsaved.formUnion(keys.filter { watches[$0.watch] != nil }) }

    /// How the versions of a detector do; nil: there is none of that name.
    func standing(of name: String) -> JSON? {
        let versions = watches.values.filter { $0.name == name }.sorted { !$0.isShadow && $1.isShadow }
        guard !versions.isEmpty else { return nil }
        return [
            "versions": .array(
                versions.map {
                    [
                        "version": .int($0.number), "role": $0.isShadow ? "shadow" : "production", "series": .int($0.detectors.count),
                        "readings": .int($0.readings), "alarms": .int($0.alarms),
                    ]
                })
        ]
    }
}

extension TrainedWatches.Watch {
    fileprivate mutating func look(
        _ address: SeriesKey, _ value: Double, at date: Date, in place: AreaID?, _ unsaved: inout Set<WatchEngine.Key>
    ) -> WatchEngine.Word? {
        guard let score = detectors[address]?.observe(value, at: WatchEngine.milliseconds(date)), let threshold = thresholds[address] else {
            return nil
        }
        readings += 1
        unsaved.insert(WatchEngine.Key(watch: key, series: address))
        if score >= threshold {
            alarms += 1
            guard !isShadow else { return nil }
            let cause = Alarm.Cause(series: address, value: value, score: score, model: name, version: "\(number)")
            return .odd(AlarmBook.Sign(watch: name, place: place, severity: severity, cause: cause))
        }
        return !isShadow && (detectors[address]?.oddness ?? 0) >= threshold ? .still(watch: name, address) : nil
    }
}
