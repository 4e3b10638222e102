public import LaresTensor

/// Several datasets with one kind of batch, drawn from in proportion to their weights; a batch comes from one of them.
///
/// ```swift
/// var batches = MixedBatches([ours, theirs], weights: [3, 1], of: 32, count: 1_000, random: SeededRandom(seed: 1))
/// let note = batches.state.description             // for a checkpoint
/// try batches.restore(MixedBatchesState(note))     // the same batches follow
/// ```
public struct MixedBatches<Source: Dataset>: Sequence, IteratorProtocol {
    private struct Part {
        let source: Source
        let weight: Float
        /// What drew the order that is under way.
        private(set) var start: SeededRandom
        /// Samples of that order that were given out.
        private(set) var taken = 0
        private var order: [Int] = []
        /// What draws the next order.
        private var random: SeededRandom

        init(_ source: Source, _ weight: Float, from start: SeededRandom) {
            (self.source, self.weight, self.start, random) = (source, weight, start, start)
            begin(with: start)
        }

        mutating func begin(with start: SeededRandom, taken: Int = 0) {
            (self.start, self.taken, random) = (start, taken, start)
            order = (0..<source.count).shuffled(using: &random)
        }

        mutating func next() -> Int {
            if taken == order.count { begin(with: random) }
            taken += 1
            return order[taken - 1]
        }
    }
    private var parts: [Part] = []
    private let size: Int
    private var left: Int
    private var random: SeededRandom

    /// `count` batches of `size` samples; a dataset that is used up begins again in another order.
    public init(_ sources: [Source], weights: [Float], of size: Int, count: Int, random: SeededRandom) {
        demand(sources.count == weights.count, "\(weights.count) weights for \(sources.count) datasets")
        demand(size > 0 && sources.allSatisfy { $0.count > 0 }, "batches of \(size) from datasets with samples")
        demand(weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 }, "weights \(weights): none below 0, one above")
        (self.size, left, self.random) = (size, count, random)
        for (source, weight) in zip(sources, weights) { parts.append(Part(source, weight, from: SeededRandom(seed: self.random.next()))) }
    }

    /// The next batch; nil after the last.
    public mutating func next() -> Source.Batch? {
        guard left > 0 else { return nil }
        left -= 1
        let place = draw()
        return parts[place].source.batch((0..<size).map { _ in parts[place].next() })
    }

    private mutating func draw() -> Int {
        var at = random.unit() * parts.reduce(0) { $0 + $1.weight }
        for (place, part) in parts.enumerated() where part.weight > 0 {
            at -= part.weight
            if at < 0 { return place }
        }
        return parts.lastIndex { $0.weight > 0 } ?? 0
    }

    /// Where it is.
    public var state: MixedBatchesState {
        MixedBatchesState([(left, random)] + parts.map { ($0.taken, $0.start) })
    }

    /// Goes on from where a mixture of the same datasets was. Throws ``CheckpointError``, and changes nothing, for the state of another.
    public mutating func restore(_ state: MixedBatchesState?) throws(CheckpointError) {
        guard let places = state?.places, places.count == parts.count + 1,
            zip(places.dropFirst(), parts).allSatisfy({ $0.count <= $1.source.count })
        else { throw CheckpointError("the batches' state doesn't fit \(parts.count) datasets: the checkpoint is of others, or damaged") }
        (left, random) = (places[0].count, places[0].random)
        for (part, place) in places.dropFirst().enumerated() { parts[part].begin(with: place.random, taken: place.count) }
    }
}

/// Where a mixture of batches is: a line of text, for the notes of a checkpoint.
public struct MixedBatchesState: Sendable, Hashable, LosslessStringConvertible {
    fileprivate struct Place: Sendable, Hashable {
        let count: Int
        let random: SeededRandom
    }
    /// Batches that are left, and what draws the datasets; then of each dataset the samples that are used, and what drew their order.
    fileprivate let places: [Place]

    fileprivate init(_ places: [(Int, SeededRandom)]) { self.places = places.map { Place(count: $0, random: $1) } }

    /// For each place its count and the four words of its generator, in hexadecimal digits.
    public var description: String {
        places.map { ([String($0.count)] + $0.random.state.map { String($0, radix: 16) }).joined(separator: " ") }.joined(separator: ", ")
    }

    /// Reads what `description` wrote; nil for anything else.
    public init?(_ description: String) {
        var places: [Place] = []
        for text in description.split(separator: ", ") {
            let words = text.split(separator: " ")
            guard let count = words.first.flatMap({ Int($0) }), count >= 0,
                let random = SeededRandom(state: words.dropFirst().compactMap { UInt64($0, radix: 16) })
            else { return nil }
            places.append(Place(count: count, random: random))
        }
        self.places = places
    }
}
