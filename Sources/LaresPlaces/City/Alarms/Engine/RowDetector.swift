internal import LaresForecast

/// Makes rows of readings of several series, which come one at a time, and has the rows looked at.
///
/// A row is whole when all have come. When one comes again before, the others are as they were: who reports changes only says nothing of what stays.
/// Nothing is said until each has come once.
struct RowDetector: WatchDetector {
    static let kind = WatchPlan.Kind.multivariate

    private var detector: MultivariateDetector
    /// What each was last, and which of them came since the last row.
    private var latest: [Double], came: Set<Int> = []
    private(set) var judged: Double?

    static func make(_ settings: DetectorSettings, series: Int) -> RowDetector? {
        (try? MultivariateDetector(series: series, settings)).map(RowDetector.init)
    }

    init(state: [UInt8]) throws { self.init(try MultivariateDetector(state: state)) }

    private init(_ detector: MultivariateDetector) {
        self.detector = detector
        latest = Array(repeating: .nan, count: detector.seriesCount)
    }

    mutating func observe(_ value: Double, of place: Int, at time: Int64) -> Double {
        guard latest.indices.contains(place), value.isFinite else { return 0 }
        let before = came.contains(place) ? judge(at: time) : 0
        latest[place] = value
        came.insert(place)
        return came.count == latest.count ? judge(at: time) : before
    }

    private mutating func judge(at time: Int64) -> Double {
        came = []
        guard latest.allSatisfy(\.isFinite) else { return 0 }
        judged = latest[0]
        return detector.observe(latest, at: time)
    }

    var settings: DetectorSettings { detector.settings }
    var count: Int { detector.count }
    var state: [UInt8] { detector.state }
    var oddness: Double { 0 }
    var model: (name: String, version: String) { (MultivariateDetector.name, "1") }
}
