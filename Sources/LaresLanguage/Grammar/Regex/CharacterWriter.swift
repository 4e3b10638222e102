/// Writes a ``CharacterAutomaton`` into an ``Automaton`` over bytes, as UTF-8, raw or as the inside of a JSON string.
///
/// In JSON a character is written in one way: itself, or for quotes, backslashes and control characters its shortest escape.
struct CharacterWriter {
    private let source: CharacterAutomaton
    private let isJSON: Bool
    private var nodes: [Int32] = []
    /// By target node: where one, two or three continuation bytes lead to it.
    private var continuations: [Int32: [Int32]] = [:]

    /// Writes the automaton between two nodes; `close` is what follows a complete text, read before `end`.
    static func write(
        _ source: CharacterAutomaton, from start: Int32, to end: Int32, close: UInt8?, isJSON: Bool, into builder: inout AutomatonBuilder
    ) throws(GrammarError) {
        var writer = CharacterWriter(source: source, isJSON: isJSON)
        try writer.run(start, end, close, &builder)
    }

    private init(source: CharacterAutomaton, isJSON: Bool) {
        self.source = source
        self.isJSON = isJSON
    }

    private mutating func run(_ start: Int32, _ end: Int32, _ close: UInt8?, _ builder: inout AutomatonBuilder) throws(GrammarError) {
        let live = source.live
        guard live[0] else { return }
        let depths = source.plainDepths(live)
        nodes = Array(repeating: -1, count: live.count)
        for state in live.indices where live[state] {
            nodes[state] = try builder.node()
            builder.setPlainDepth(nodes[state], depths[state])
        }
        builder.edge(start, .nothing, nodes[0])
        for state in live.indices where live[state] {
            if source.accepts[state] { builder.edge(nodes[state], close.map { .bytes($0, $0) } ?? .nothing, end) }
            for (range, number) in source.classes.ranges {
                let target = source.target(state, number)
                guard target >= 0, live[target] else { continue }
                try write(range, nodes[state], nodes[target], &builder)
            }
        }
    }

    private mutating func write(_ range: ClosedRange<UInt32>, _ from: Int32, _ to: Int32, _ builder: inout AutomatonBuilder)
        throws(GrammarError)
    {
        for part in ScalarSet(range).ranges {
            var low = part.lowerBound
            if isJSON {
                while low <= min(part.upperBound, 0x1F) {
                    try builder.escape(UInt8(low), from, to)
                    low += 1
                }
                for special in [0x22, 0x5C] as [UInt32] where part.contains(special) {
                    try builder.escape(UInt8(special), from, to)
                    if low < special { try writeRaw(low...(special - 1), from, to, &builder) }
                    low = special + 1
                }
            }
            if low <= part.upperBound { try writeRaw(low...part.upperBound, from, to, &builder) }
        }
    }

    private mutating func writeRaw(_ range: ClosedRange<UInt32>, _ from: Int32, _ to: Int32, _ builder: inout AutomatonBuilder)
        throws(GrammarError)
    {
        for (length, bounds) in [(1, 0...0x7F), (2, 0x80...0x7FF), (3, 0x800...0xFFFF), (4, 0x10000...0x10FFFF)]
            as [(Int, ClosedRange<UInt32>)]
        where bounds.overlaps(range) {
            let part = range.clamped(to: bounds)
            try writeBytes(
                UTF8Bytes.of(part.lowerBound, length)[...], UTF8Bytes.of(part.upperBound, length)[...], from, to, &builder)
        }
    }

    private mutating func writeBytes(
        _ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>, _ from: Int32, _ to: Int32, _ builder: inout AutomatonBuilder
    ) throws(GrammarError) {
        guard let first = low.first, let last = high.first else { return }
        let (lowRest, highRest) = (low.dropFirst(), high.dropFirst())
        let lowIsFull = lowRest.allSatisfy { $0 == 0x80 }
        let highIsFull = highRest.allSatisfy { $0 == 0xBF }
        if lowIsFull, highIsFull {
            builder.edge(from, .bytes(first, last), try continuation(to, lowRest.count, &builder))
        } else if first == last {
            let next = try builder.node()
            builder.byte(from, first, next)
            try writeBytes(lowRest, highRest, next, to, &builder)
        } else if !lowIsFull {
            try writeBytes(low, [first] + lowRest.map { _ in 0xBF }, from, to, &builder)
            try writeBytes([first + 1] + lowRest.map { _ in 0x80 }, high, from, to, &builder)
        } else {
            try writeBytes(low, [last - 1] + lowRest.map { _ in 0xBF }, from, to, &builder)
            try writeBytes([last] + lowRest.map { _ in 0x80 }, high, from, to, &builder)
        }
    }

    private mutating func continuation(_ to: Int32, _ count: Int, _ builder: inout AutomatonBuilder) throws(GrammarError) -> Int32 {
        var chain = continuations[to] ?? [to]
        while chain.count <= count {
            let node = try builder.node()
            builder.edge(node, .bytes(0x80, 0xBF), chain[chain.count - 1])
            chain.append(node)
        }
        continuations[to] = chain
        return chain[count]
    }
}

/// UTF-8 by hand, for the ends of ranges that are no characters themselves.
enum UTF8Bytes {
    static func of(_ scalar: UInt32, _ length: Int) -> [UInt8] {
        switch length {
        case 1: [UInt8(scalar)]
        case 2: [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 0x3F)]
        case 3: [UInt8(0xE0 | scalar >> 12), UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        default:
            [UInt8(0xF0 | scalar >> 18), UInt8(0x80 | scalar >> 12 & 0x3F), UInt8(0x80 | scalar >> 6 & 0x3F), UInt8(0x80 | scalar & 0x3F)]
        }
    }
}

extension CharacterAutomaton {
    /// How many plain characters can follow each state whatever they are: the distance to the nearest state that refuses one.
    func plainDepths(_ live: [Bool]) -> [Int] {
        let plain = Set(classes.ranges.filter { ScalarSet($0.range).intersects(.plain) }.map(\.number)).sorted()
        var sources: [[Int]] = Array(repeating: [], count: live.count)
        var depths = Array(repeating: Int(Automaton.endless), count: live.count)
        var queue: [Int] = []
        for state in live.indices {
            let refuses = plain.contains { target(state, $0) < 0 || !live[target(state, $0)] }
            if refuses || !live[state] {
                depths[state] = 0
                queue.append(state)
            } else {
                for character in plain { sources[target(state, character)].append(state) }
            }
        }
        var done = 0
        while done < queue.count {
            for source in sources[queue[done]] where depths[source] == Int(Automaton.endless) {
                depths[source] = depths[queue[done]] + 1
                queue.append(source)
            }
            done += 1
        }
        return depths
    }
}
