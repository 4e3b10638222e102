import Glibc
import LaresTensor

/// Steps divided by the root of a running mean of squared gradients (Hinton 2012, lecture 6e).
public struct RMSProp: Optimizer {
    /// The size of a step.
    public var learningRate: Float
    /// How much of the mean is kept.
    public let smoothing: Float
    /// Added to the root.
    public let epsilon: Float
    /// Added to the gradient.
    public let decay: WeightDecay
    /// Means "square".
    public var state = OptimizerState()

    /// The usual figures unless told otherwise.
    public init(learningRate: Float = 1e-2, smoothing: Float = 0.99, epsilon: Float = 1e-8, decay: WeightDecay = .none) {
        (self.learningRate, self.smoothing, self.epsilon, self.decay) = (learningRate, smoothing, epsilon, decay)
    }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        let (keep, epsilon) = (smoothing, epsilon)
        state.update(&model, "square", along: gradient, learningRate, decay) { w, g, mean, rate in
            mean = keep * mean + (1 - keep) * g * g
            w -= rate * g / (mean.squareRoot() + epsilon)
        }
    }
}

/// Steps divided by the root of the sum of all squared gradients (Duchi et al. 2011).
public struct Adagrad: Optimizer {
    /// The size of a step.
    public var learningRate: Float
    /// Added to the root.
    public let epsilon: Float
    /// Added to the gradient.
    public let decay: WeightDecay
    /// Sums "square".
    public var state = OptimizerState()

    /// The usual figures unless told otherwise.
    public init(learningRate: Float = 1e-2, epsilon: Float = 1e-10, decay: WeightDecay = .none) {
        (self.learningRate, self.epsilon, self.decay) = (learningRate, epsilon, decay)
    }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        let epsilon = epsilon
        state.update(&model, "square", along: gradient, learningRate, decay) { w, g, sum, rate in
            sum += g * g
            w -= rate * g / (sum.squareRoot() + epsilon)
        }
    }
}

extension OptimizerState {
    /// Changes each parameter and the number that is remembered of it, by its gradient, decay included, and its group's rate.
    @inline(__always)
    fileprivate mutating func update(
        _ model: inout some Module, _ memoryName: String, along gradient: Gradient, _ rate: Float, _ decay: WeightDecay,
        _ change: (inout Float, Float, inout Float, Float) -> Void
    ) {
        var memory = take(memoryName, like: gradient)
        steps += 1
        model.forEachParameter(along: gradient) { place, name, parameter, gradient in
            let group = decay.group(of: name, parameter.shape), rate = rate * group.rate
            gradient.withFloats { g in
                memory[place].withMutableFloats { m in
                    parameter.withMutableFloats { w in
                        for i in w.indices { change(&w[i], g[i] + group.amount * w[i], &m[i], rate) }
                    }
                }
            }
        }
        tensors[memoryName] = memory
    }
}
