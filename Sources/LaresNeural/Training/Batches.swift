public import LaresTensor

/// Samples that can be put together in batches.
public protocol Dataset: Sendable {
    /// What a step of training gets.
    associatedtype Batch
    /// How many samples there are.
    var count: Int { get }
    /// The samples at some places, in that order.
    func batch(_ places: [Int]) -> Batch
}

extension Dataset {
    /// All samples once, in an order that `random` draws; the last batch may be smaller.
    public func batches(of size: Int, shuffledBy random: inout some RandomNumberGenerator) -> some Sequence<Batch> {
        batches((0..<count).shuffled(using: &random), of: size)
    }

    /// All samples once, in order.
    public func batches(of size: Int) -> some Sequence<Batch> { batches(Array(0..<count), of: size) }

    private func batches(_ order: [Int], of size: Int) -> some Sequence<Batch> {
        demand(size > 0, "batches of \(size) samples")
        return stride(from: 0, to: order.count, by: size).lazy.map { batch(Array(order[$0..<Swift.min($0 + size, order.count)])) }
    }
}

/// Images, or other numbers, each with a label.
public struct LabelledSamples: Dataset {
    /// `[samples, …]`
    public let inputs: Tensor
    /// `[samples]`
    public let labels: Indices

    /// As many labels as samples; others trap.
    public init(_ inputs: Tensor, _ labels: Indices) {
        demand(
            inputs.shape.first == labels.count && labels.shape.count == 1, "labels of shape \(labels.shape) for samples \(inputs.shape)")
        self.inputs = inputs
        self.labels = labels
    }

    /// How many there are.
    public var count: Int { labels.count }

    /// Some of them, together.
    public struct Batch: Sendable {
        /// `[batch, …]`
        public let inputs: Tensor
        /// The same, where the samples are images.
        public var images: Tensor { inputs }
        /// `[batch]`
        public let labels: Indices
    }

    /// The samples at some places.
    public func batch(_ places: [Int]) -> Batch { Batch(inputs: inputs.rows(Indices(places)), labels: labels.rows(places)) }

    /// The samples at some places as a dataset: a part to learn from, a part to test.
    public func part(_ places: some Collection<Int>) -> LabelledSamples {
        LabelledSamples(inputs.rows(Indices(places)), labels.rows(places))
    }
}

/// Several datasets with one kind of batch, drawn from in proportion to their weights; a batch comes from one of them.
public struct MixedBatches<Source: Dataset>: Sequence, IteratorProtocol {
    private struct Part {
        let source: Source
        let weight: Float
        var order: [Int] = []
    }
    private var parts: [Part]
    private let size: Int
    private var left: Int
    private var random: SeededRandom

    /// `count` batches of `size` samples; a dataset that is used up begins again in another order.
    public init(_ sources: [Source], weights: [Float], of size: Int, count: Int, random: SeededRandom) {
        demand(sources.count == weights.count, "\(weights.count) weights for \(sources.count) datasets")
        demand(size > 0 && sources.allSatisfy { $0.count > 0 }, "batches of \(size) from datasets with samples")
        demand(weights.allSatisfy { $0 >= 0 } && weights.contains { $0 > 0 }, "weights \(weights): none below 0, one above")
        parts = zip(sources, weights).map { Part(source: $0, weight: $1) }
        (self.size, left, self.random) = (size, count, random)
    }

    /// The next batch; nil after the last.
    public mutating func next() -> Source.Batch? {
        guard left > 0 else { return nil }
        left -= 1
        let place = draw()
        var places: [Int] = []
        while places.count < size {
            if parts[place].order.isEmpty { parts[place].order = (0..<parts[place].source.count).shuffled(using: &random) }
            places.append(parts[place].order.removeLast())
        }
        return parts[place].source.batch(places)
    }

    private mutating func draw() -> Int {
        var at = random.unit() * parts.reduce(0) { $0 + $1.weight }
        for (place, part) in parts.enumerated() where part.weight > 0 {
            at -= part.weight
            if at < 0 { return place }
        }
        return parts.lastIndex { $0.weight > 0 } ?? 0
    }
}
