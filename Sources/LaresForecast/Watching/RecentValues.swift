/// The last few values.
struct RecentValues: Sendable, Hashable {
    private var ring: [Double]
    private var next = 0
    private(set) var count = 0

    init(_ length: Int) { ring = Array(repeating: 0, count: length) }

    /// Whether it holds as many as it can.
    var isFull: Bool { count == ring.count }

    mutating func append(_ value: Double) {
        ring[next] = value
        next = next + 1 == ring.count ? 0 : next + 1
        count = min(count + 1, ring.count)
    }

    mutating func removeAll() { (next, count) = (0, 0) }

    /// The one that came `back` before the last.
    ///
    /// - Precondition: There are more than `back`.
    subscript(back back: Int) -> Double {
        let place = next - 1 - back
        return ring[place < 0 ? place + ring.count : place]
    }

    /// The least and the greatest of the last `length`, or of those there are.
    func bounds(ofLast length: Int) -> (least: Double, greatest: Double) {
        var (least, greatest) = (Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude)
        for back in 0..<min(length, count) {
            let value = self[back: back]
            least = min(least, value)
            greatest = max(greatest, value)
        }
        return (least, greatest)
    }

    /// The mean of all there are; 0: there are none.
    var mean: Double {
        guard count > 0 else { return 0 }
        return (0..<count).reduce(0) { $0 + self[back: $1] } / Double(count)
    }

    func write(to state: inout StateWriter) {
        state.put(next)
        state.put(count)
        state.put(ring)
    }

    init(_ length: Int, from state: inout StateReader) throws {
        next = try state.int(0...max(0, length - 1))
        count = try state.int(0...length)
        ring = try state.doubles(length)
    }
}

extension RecentValues {
    /// Whether all that it holds is in a range.
    func isWithin(_ range: ClosedRange<Double>) -> Bool { (0..<count).allSatisfy { range.contains(self[back: $0]) } }
}
