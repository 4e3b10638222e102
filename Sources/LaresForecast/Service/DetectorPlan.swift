public import LaresJSON

/// Which series are watched and how often a detector may be wrong, as strict JSON.
///
/// ```json
/// {"series": ["hall/meter/power"], "kind": "odd", "learning": 600, "most_alarms": 0.2, "severity": "major"}
/// ```
public struct DetectorPlan: Sendable, Hashable {
    /// How bad it is when a series is odd.
    public enum Severity: String, Sendable, CaseIterable { case minor, major, critical }

    /// What is looked for, by the words that watches have for it.
    public enum Kind: String, Sendable, CaseIterable {
        /// Whatever is unusual.
        case odd
        /// What isn't as usual at that time of day.
        case seasonal
        /// A level that moved.
        case changePoint = "change-point"
        /// Errors of a short forecast that are unlikely beside those of late.
        case likelihood
        /// A value, or a rhythm, that the spectrum doesn't have.
        case spectral

        /// What looks for it.
        public var detector: any ServedDetector.Type {
            switch self {
            case .odd: EnsembleDetector.self
            case .seasonal: SeasonalResidual.self
            case .changePoint: ChangePoint.self
            case .likelihood: ErrorLikelihood.self
            case .spectral: SpectralResidual.self
            }
        }
    }

    /// Names of the series.
    public let series: [String]
    /// What is looked for.
    public let kind: Kind
    /// How many readings are learnt from before anything is odd.
    public let learning: Int
    /// Alarms a day, of one series, that its own history may give: the threshold is so high that it gives no more.
    public let mostAlarms: Double
    /// How bad it is.
    public let severity: Severity

    /// How many series a plan may have.
    public static let mostSeries = 1_000

    /// Reads a plan. Throws ``JSONError``, ``ForecastError``.
    public init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        series = try fields.strings("series") ?? []
        guard (1...Self.mostSeries).contains(series.count), Set(series).count == series.count else {
            throw fields.error("series", "must be 1 to \(Self.mostSeries) names, each once")
        }
        if let odd = series.first(where: { $0.isEmpty || $0.utf8.count > 512 }) {
            throw fields.error("series", "has the name \"\(odd.prefix(40))\": a name has 1 to 512 bytes")
        }
        kind = try fields.choice("kind") ?? .odd
        learning = try fields.int("learning", in: 20...100_000) ?? DetectorSettings.standard.learning
        mostAlarms = try fields.double("most_alarms", in: 0...1_000) ?? 0.2
        severity = try fields.choice("severity") ?? .major
        try fields.end()
    }

    /// The plan as JSON, with what was left out.
    public var json: JSON {
        [
            "series": .array(series.map(JSON.string)), "kind": .string(kind.rawValue), "learning": .int(learning),
            "most_alarms": .double(mostAlarms), "severity": .string(severity.rawValue),
        ]
    }
}
