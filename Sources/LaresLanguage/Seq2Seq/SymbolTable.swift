public import LaresTensor

/// The symbols of a task, characters or phonemes, as whole numbers; 0 begins a sequence and 1 ends it.
public struct SymbolTable: Sendable, Hashable {
    /// Begins what is written.
    public static let begin: Int32 = 0
    /// Ends what is written.
    public static let end: Int32 = 1
    /// Symbols by number, from 2 on.
    public let symbols: [String]
    /// The number, behind all others, that stands for every symbol that isn't known; nil: there is none.
    public let unknown: Int32?
    private let numbers: [String: Int32]

    /// All symbols that occur, sorted.
    public init(of sequences: some Sequence<[String]>, hasUnknown: Bool = false) {
        self.init(Set(sequences.joined()).sorted(), hasUnknown: hasUnknown)
    }

    /// Symbols in the order of their numbers; one that comes twice has its first number.
    public init(_ symbols: [String], hasUnknown: Bool = false) {
        self.symbols = symbols
        unknown = hasUnknown ? Int32(symbols.count + 2) : nil
        numbers = Dictionary(symbols.enumerated().map { ($1, Int32($0 + 2)) }) { first, _ in first }
    }

    /// Begin, end, the symbols and the unknown one.
    public var count: Int { symbols.count + (unknown == nil ? 2 : 3) }

    /// The numbers of a sequence; nil when a symbol isn't known and nothing stands for it.
    public func encode(_ sequence: [String]) -> [Int32]? {
        let numbers = sequence.compactMap { self.numbers[$0] ?? unknown }
        return numbers.count == sequence.count ? numbers : nil
    }

    /// The symbols of numbers; those that are none are left out.
    public func decode(_ numbers: some Sequence<Int32>) -> [String] {
        numbers.compactMap { symbols.indices.contains(Int($0) - 2) ? symbols[Int($0) - 2] : nil }
    }
}

/// Pairs of sequences to learn from, put together so that no source needs padding: a batch has sources of one length.
public struct SequencePairs: Sendable {
    private let pairs: [(source: [Int32], target: [Int32])]
    private let byLength: [[Int]]

    /// Numbers of a `SymbolTable`; empty sources trap.
    public init(_ pairs: [(source: [Int32], target: [Int32])]) {
        precondition(pairs.allSatisfy { !$0.source.isEmpty }, "a source without symbols")
        self.pairs = pairs
        byLength = Dictionary(grouping: pairs.indices) { pairs[$0].source.count }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// How many there are.
    public var count: Int { pairs.count }

    /// Pairs side by side.
    public struct Batch: Sendable {
        /// `[batch, source time]`
        public let source: Indices
        /// What the decoder sees: the target behind the beginning, `[batch, time]`.
        public let written: Indices
        /// What it should say: the target and the end, -1 behind it, `[batch, time]`.
        public let labels: Indices

        /// With a share of the symbols of the sources, drawn anew each time, hidden behind another one (word dropout; Iyyer et al. 2015).
        func hiding(_ share: Float, behind symbol: Int32?, using random: inout SeededRandom) -> Batch {
            guard let symbol else { return self }
            let seen = source.values.map { Float.random(in: 0..<1, using: &random) < share ? symbol : $0 }
            return Batch(source: Indices(seen, source.shape), written: written, labels: labels)
        }
    }

    /// How many batches ``batches(of:shuffledBy:)`` gives.
    public func batchCount(of size: Int) -> Int { byLength.reduce(0) { $0 + ($1.count + size - 1) / size } }

    /// All pairs once, in an order that `random` draws.
    public func batches(of size: Int, shuffledBy random: inout some RandomNumberGenerator) -> some Sequence<Batch> {
        precondition(size > 0, "batches of \(size) pairs")
        let parts = byLength.flatMap { places in
            let order = places.shuffled(using: &random)
            return stride(from: 0, to: order.count, by: size).map { Array(order[$0..<min($0 + size, order.count)]) }
        }
        return parts.shuffled(using: &random).lazy.map { batch($0) }
    }

    private func batch(_ places: [Int]) -> Batch {
        let chosen = places.map { pairs[$0] }
        let time = (chosen.map(\.target.count).max() ?? 0) + 1
        func filled(_ numbers: [Int32], _ with: Int32) -> [Int32] { numbers + [Int32](repeating: with, count: time - numbers.count) }
        let shape: Shape = [chosen.count, time]
        return Batch(
            source: Indices(chosen.flatMap(\.source), [chosen.count, chosen[0].source.count]),
            written: Indices(chosen.flatMap { filled([SymbolTable.begin] + $0.target, SymbolTable.end) }, shape),
            labels: Indices(chosen.flatMap { filled($0.target + [SymbolTable.end], -1) }, shape))
    }
}
