/// Watches one series as it comes, with memory that doesn't grow.
///
///     var detector = EnsembleDetector()
///     for reading in readings {
///         if detector.observe(reading.value, at: reading.time) >= 0.5 { … }
///     }
///
/// A value that isn't finite is missing: it scores 0 and is forgotten, as is one from before the last.
public protocol Detector: Sendable {
    /// The field's name for it, as in `seasonal-residual`; it begins each state.
    static var name: String { get }

    /// Watching with these settings, knowing nothing yet.
    init(_ settings: DetectorSettings)

    /// Takes the next value in.
    ///
    /// - Parameters:
    ///   - value: The value; one that isn't finite is missing.
    ///   - time: When it was measured, in milliseconds since 1970-01-01T00:00Z.
    /// - Returns: How odd it is in the light of all before, 0 to 1.
    mutating func observe(_ value: Double, at time: Int64) -> Double

    /// Writes all that it remembers.
    func write(to state: inout StateWriter)

    /// Reads what was written.
    ///
    /// - Throws: `ForecastError.badState`.
    init(from state: inout StateReader) throws
}

extension Detector {
    /// No state is longer, in bytes.
    public static var mostStateBytes: Int { 8_192 }

    /// What it remembers, as bytes that ``init(state:)`` reads.
    public var state: [UInt8] {
        var writer = StateWriter(Self.name)
        write(to: &writer)
        return writer.bytes
    }

    /// A detector as it was.
    ///
    /// - Throws: `ForecastError.badState` when the bytes aren't the state of such a detector, or are damaged.
    public init(state bytes: [UInt8]) throws {
        guard bytes.count <= Self.mostStateBytes else {
            throw ForecastError(.badState, "a state of \(Self.name) has at most \(Self.mostStateBytes) bytes, not \(bytes.count)")
        }
        var reader = try StateReader(bytes, of: Self.name)
        try self.init(from: &reader)
        try reader.finish()
    }
}

extension ForecastError.Code {
    /// Bytes that aren't a detector's state.
    public static let badState = Self("bad_state")
}
