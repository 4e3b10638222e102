internal import LaresForecast
internal import LaresThings

/// What looks at the readings of one watch: at one series, or at several of a thing together.
protocol WatchDetector: Sendable {
    /// The kind of watch that it is for.
    static var kind: WatchPlan.Kind { get }

    /// One that knows nothing yet; nil: it can't look at so many series together.
    static func make(_ settings: DetectorSettings, series: Int) -> Self?

    /// Goes on with what was kept; throws for what isn't its state.
    init(state: [UInt8]) throws

    /// How odd the next value is, 0 to 1.
    ///
    /// - Parameter place: Which of the series that are looked at together it is of.
    mutating func observe(_ value: Double, of place: Int, at time: Int64) -> Double

    /// What it was told.
    var settings: DetectorSettings { get }
    /// How many values were seen.
    var count: Int { get }
    /// What is kept.
    var state: [UInt8] { get }
    /// How odd the last value was, be it news or not.
    var oddness: Double { get }
    /// What found it, and which version of that.
    var model: (name: String, version: String) { get }
    /// The value of the first series that was judged last; nil: the one that was observed.
    var judged: Double? { get }
}

/// A detector of one series needs no more than its kind.
extension WatchDetector where Self: Detector {
    static func make(_ settings: DetectorSettings, series: Int) -> Self? { Self(settings) }

    mutating func observe(_ value: Double, of place: Int, at time: Int64) -> Double { observe(value, at: time) }

    var judged: Double? { nil }
}

extension WatchDetector where Self: ServedDetector {
    var model: (name: String, version: String) { (Self.name, Self.version) }
}

extension EnsembleDetector: WatchDetector { static var kind: WatchPlan.Kind { .odd } }

extension SeasonalResidual: WatchDetector { static var kind: WatchPlan.Kind { .seasonal } }

extension FlowDetector: WatchDetector {
    static var kind: WatchPlan.Kind { .flow }
    var oddness: Double { trouble == nil ? 0 : 1 }
    var model: (name: String, version: String) { ("flow-" + (trouble?.word ?? "over"), "1") }
}

extension ChangePoint: WatchDetector { static var kind: WatchPlan.Kind { .changePoint } }

extension ErrorLikelihood: WatchDetector { static var kind: WatchPlan.Kind { .likelihood } }

extension SpectralResidual: WatchDetector { static var kind: WatchPlan.Kind { .spectral } }

/// What a plan makes of it.
extension WatchPlan.Kind {
    fileprivate var detector: any WatchDetector.Type {
        switch self {
        case .odd: EnsembleDetector.self
        case .seasonal: SeasonalResidual.self
        case .flow: FlowDetector.self
        case .changePoint: ChangePoint.self
        case .likelihood: ErrorLikelihood.self
        case .spectral: SpectralResidual.self
        case .multivariate: RowDetector.self
        }
    }
}

extension WatchPlan {
    /// One that knows nothing yet.
    func detector() -> (any WatchDetector)? {
        (try? DetectorSettings(learning: learning)).flatMap { kind.detector.make($0, series: properties.count) }
    }

    /// Goes on with what was kept; nil where that can't be read or was learnt in another way.
    func detector(state: [UInt8]) -> (any WatchDetector)? {
        (try? kind.detector.init(state: state)).flatMap { suits($0) ? $0 : nil }
    }

    /// Whether a detector is of its kind and learns as it says.
    func suits(_ detector: any WatchDetector) -> Bool { type(of: detector).kind == kind && detector.settings.learning == learning }

    /// Which of the series that are watched together this is; the first where it is watched alone.
    func place(of series: SeriesKey) -> Int { kind == .multivariate ? properties.firstIndex(of: series.property) ?? 0 : 0 }

    /// The series that are watched together with one, itself among them.
    func together(with series: SeriesKey) -> [SeriesKey] {
        kind == .multivariate ? properties.map { SeriesKey(thing: series.thing, property: $0) } : [series]
    }

    /// Under what their detector is kept: it names them all, so that those of other properties learn anew.
    func key(of series: SeriesKey) -> SeriesKey {
        kind == .multivariate ? SeriesKey(thing: series.thing, property: properties.joined(separator: "+")) : series
    }

    /// Whether a detector that is kept under a key is one of its own.
    func keeps(_ key: SeriesKey) -> Bool {
        kind == .multivariate ? key == self.key(of: key) && watches(together(with: key)[0]) : watches(key)
    }
}
