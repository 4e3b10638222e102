import LaresTensor

/// Stochastic gradient descent, with momentum if wanted (Polyak 1964; Nesterov's variant: Sutskever et al. 2013).
public struct SGD: Optimizer {
    /// The size of a step.
    public var learningRate: Float
    /// How much of the last direction is kept.
    public let momentum: Float
    /// Whether the step looks ahead along the direction.
    public let isNesterov: Bool
    /// Added to the gradient.
    public let decay: WeightDecay
    /// Directions "momentum".
    public var state = OptimizerState()

    /// Plain descent unless told otherwise.
    public init(learningRate: Float, momentum: Float = 0, isNesterov: Bool = false, decay: WeightDecay = .none) {
        (self.learningRate, self.momentum, self.isNesterov, self.decay) = (learningRate, momentum, isNesterov, decay)
    }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        var directions = momentum > 0 ? state.take("momentum", like: gradient) : []
        state.steps += 1
        let settings = self
        model.forEachParameter(along: gradient) { place, name, parameter, gradient in
            let group = settings.decay.group(of: name, parameter.shape), rate = settings.learningRate * group.rate
            let slope = Self.decayed(gradient, parameter, group.amount)
            if settings.momentum > 0 {
                parameter.add(settings.direction(&directions[place], slope), times: -rate)
            } else {
                parameter.add(slope, times: -rate)
            }
        }
        if momentum > 0 { state.tensors["momentum"] = directions }
    }

    private static func decayed(_ gradient: Tensor, _ parameter: Tensor, _ amount: Float) -> Tensor {
        guard amount != 0 else { return gradient }
        var slope = gradient
        slope.add(parameter, times: amount)
        return slope
    }

    /// Where to go, after the gradient has turned the last direction.
    private func direction(_ last: inout Tensor, _ slope: Tensor) -> Tensor {
        last.scale(by: momentum)
        last.add(slope, times: 1)
        guard isNesterov else { return last }
        var ahead = slope
        ahead.add(last, times: momentum)
        return ahead
    }
}
