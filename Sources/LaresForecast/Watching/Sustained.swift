/// Values that stay, for a while, above or below where they ever stayed as long: the level moved.
///
/// The least of the last few is compared with the greatest that it ever was, the greatest with its least; over 5 values and over 20.
public struct Sustained: Detector {
    /// The field's name for it.
    public static let name = "sustained"

    private let settings: DetectorSettings
    private var clock = StreamClock()
    private var recent = RecentValues(Self.spans[1])
    private var ranges = Array(repeating: SeenRange(), count: 4)

    static let spans = [5, 20]

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        let evidence = evidence(value, at: time) / 2
        return clock.count > settings.learning ? min(1, evidence) : 0
    }

    /// What both spans say, 0 to 2.
    mutating func evidence(_ value: Double, at time: Int64) -> Double {
        switch clock.take(value, at: time) {
        case .ignored: return 0
        case .resumes: recent.removeAll()
        case .counts: break
        }
        recent.append(value)
        var evidence = 0.0
        for (place, span) in Self.spans.enumerated() where recent.count >= span {
            let (least, greatest) = recent.bounds(ofLast: span)
            evidence += ranges[2 * place].surprise(least, .upper) + ranges[2 * place + 1].surprise(greatest, .lower)
        }
        return evidence
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        recent.write(to: &state)
        for range in ranges { range.write(to: &state) }
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        recent = try RecentValues(Self.spans[1], from: &state)
        ranges = try (0..<4).map { _ in try SeenRange(from: &state) }
    }
}
