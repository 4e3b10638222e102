import LaresTensor

/// Adam (Kingma & Ba 2015); with a decay, AdamW (Loshchilov & Hutter 2019).
public struct Adam: Optimizer {
    /// The size of a step.
    public var learningRate: Float
    /// How much of the means of gradient and squared gradient is kept.
    public let beta1: Float, beta2: Float
    /// Added to the root of the mean square.
    public let epsilon: Float
    /// Taken from the parameters themselves, not from the gradient.
    public let decay: WeightDecay
    /// Means "first" and "second".
    public var state = OptimizerState()

    /// The paper's figures unless told otherwise.
    public init(learningRate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, decay: WeightDecay = .none) {
        (self.learningRate, self.beta1, self.beta2, self.epsilon, self.decay) = (learningRate, beta1, beta2, epsilon, decay)
    }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        var (first, second) = (state.take("first", like: gradient), state.take("second", like: gradient))
        state.steps += 1
        let (rate, decay, number) = (learningRate, decay, state.steps)
        var step = AdamStep(rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: 0, number: number)
        model.forEachParameter(along: gradient) { place, name, parameter, gradient in
            let group = decay.group(of: name, parameter.shape)
            (step.rate, step.decay) = (rate * group.rate, group.amount)
            parameter.stepAdam(step, along: gradient, first: &first[place], second: &second[place])
        }
        (state.tensors["first"], state.tensors["second"]) = (first, second)
    }
}

/// Adam whose decay is taken from the parameters themselves: `AdamW(learningRate: 3e-4, decay: .matrices(0.1))`.
public typealias AdamW = Adam
