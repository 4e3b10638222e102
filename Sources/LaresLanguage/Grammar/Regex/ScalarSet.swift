/// A set of Unicode scalar values as sorted ranges that neither touch nor overlap. Surrogates are never members.
struct ScalarSet: Hashable, Sendable {
    static let last: UInt32 = 0x10FFFF
    private(set) var ranges: [ClosedRange<UInt32>] = []

    init() {}

    init(_ range: ClosedRange<UInt32>) { self.init([range]) }

    init(_ scalar: UInt32) { self.init([scalar...scalar]) }

    init(_ unsorted: [ClosedRange<UInt32>]) {
        for range in unsorted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            for part in Self.withoutSurrogates(range) { append(part) }
        }
    }

    private mutating func append(_ range: ClosedRange<UInt32>) {
        if let previous = ranges.last, range.lowerBound <= previous.upperBound + 1 {
            ranges[ranges.count - 1] = previous.lowerBound...max(previous.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        var parts: [ClosedRange<UInt32>] = []
        if range.lowerBound < 0xD800 { parts.append(range.lowerBound...min(range.upperBound, 0xD7FF)) }
        if range.upperBound > 0xDFFF, range.lowerBound <= last {
            parts.append(max(range.lowerBound, 0xE000)...min(range.upperBound, last))
        }
        return parts
    }

    static let all = ScalarSet(0...last)
    static let digits = ScalarSet(0x30...0x39)
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// White space and line ends of ECMA-262.
    static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F,
        0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    static let lineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
    /// What stands for itself in a JSON string.
    static let plain = ScalarSet([0x20...0x21, 0x23...0x5B, 0x5D...last])

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    func intersects(_ other: ScalarSet) -> Bool {
        ranges.contains { range in other.ranges.contains { $0.overlaps(range) } }
    }

    var isEmpty: Bool { ranges.isEmpty }
}
