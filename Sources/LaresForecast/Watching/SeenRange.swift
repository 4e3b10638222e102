/// The least and the greatest of what was seen, and how far beyond them something is.
///
/// A range needs no assumption about how values are spread, and in it values of different units compare: what is beyond by a tenth of all
/// that was ever seen counts half.
struct SeenRange: Sendable, Hashable {
    private(set) var least = Double.greatestFiniteMagnitude
    private(set) var greatest = -Double.greatestFiniteMagnitude

    /// Beyond by so much of the range counts half.
    static let half = 0.1

    /// Of what is derived from values, the least width is this share of that of the values.
    static let derived = 0.1

    /// Which end counts.
    enum End { case either, upper, lower }

    var isEmpty: Bool { greatest < least }
    /// How far the greatest is from the least; 0: one value was seen, or none.
    var width: Double { isEmpty ? 0 : greatest - least }

    /// Takes a value in.
    ///
    /// - Parameter least: The width counts for no less: what is derived from values may hardly have moved at all.
    /// - Returns: How far beyond the range it was, 0 to 1. After one value only, seen over and over, any other counts 1.
    mutating func surprise(_ value: Double, _ end: End = .either, leastWidth: Double = 0) -> Double {
        defer { take(value) }
        if isEmpty { return 0 }
        let above = value - greatest, below = least - value
        let beyond = end == .upper ? above : end == .lower ? below : max(above, below)
        guard beyond > 0 else { return 0 }
        return beyond / (beyond + Self.half * max(width, leastWidth))
    }

    mutating func take(_ value: Double) {
        least = min(least, value)
        greatest = max(greatest, value)
    }

    func write(to state: inout StateWriter) {
        state.put(least)
        state.put(greatest)
    }

    init() {}

    init(from state: inout StateReader) throws { (least, greatest) = try (state.double(), state.double()) }
}
