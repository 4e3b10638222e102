import LaresTensor

/// A training that doesn't converge: its loss, its gradient or its parameters became infinite or NaN.
public struct TrainingDiverged: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where that was found, such as "step 12".
    public let place: String
    /// What happened, and what to do.
    public var description: String {
        "the training doesn't converge: at \(place) its numbers became infinite or NaN. Use a smaller learning rate, or look for faults in the data"
    }

    /// Found at a place.
    public init(at place: String) { self.place = place }
}

extension Module {
    /// Whether no parameter is infinite or NaN.
    public var isFinite: Bool {
        parameters.allSatisfy { parameter in parameter.value.withFloats { numbers in numbers.allSatisfy { $0.isFinite } } }
    }
}

extension Optimizer {
    /// One step along the gradient of a loss, which is shortened to a norm of `limit` where it is longer (Pascanu et al. 2013).
    ///
    /// - Throws: ``TrainingDiverged``, and nothing has changed, when the loss or the gradient is infinite or NaN.
    public mutating func update(
        _ model: inout some Module, along gradient: Gradient, of loss: Float, clippedTo limit: Float
    ) throws(TrainingDiverged) {
        let norm = gradient.norm
        guard loss.isFinite, norm.isFinite else { throw TrainingDiverged(at: "step \(state.steps + 1)") }
        update(&model, along: norm > limit ? gradient.scaled(by: limit / norm) : gradient)
    }
}
