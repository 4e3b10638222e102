/// A detector that watches by itself: what a watch or the registry has for one series.
public protocol ServedDetector: Detector {
    /// Which one of its name it is: another number when it says something else of the same readings.
    static var version: String { get }
    /// What it was told.
    var settings: DetectorSettings { get }
    /// How many values it has seen.
    var count: Int { get }
    /// How odd the last value was, 0 to 1, where it doesn't tell every one that is.
    var oddness: Double { get }
}

extension ServedDetector {
    /// The first one.
    public static var version: String { "1" }
    /// It tells every value that is odd.
    public var oddness: Double { 0 }
}

extension EnsembleDetector: ServedDetector {}
extension SeasonalResidual: ServedDetector {}
extension ChangePoint: ServedDetector {}
extension ErrorLikelihood: ServedDetector {}
extension SpectralResidual: ServedDetector {}
