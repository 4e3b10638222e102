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
