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
    /// Means "square".
    public var state = OptimizerState()

    /// The usual figures unless told otherwise.
    public init(learningRate: Float = 1e-2, smoothing: Float = 0.99, epsilon: Float = 1e-8) {
        (self.learningRate, self.smoothing, self.epsilon) = (learningRate, smoothing, epsilon)
    }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        let (rate, keep, epsilon) = (learningRate, smoothing, epsilon)
        state.update(&model, "square", along: gradient) { w, g, mean in
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
    /// Sums "square".
    public var state = OptimizerState()

    /// The usual figures unless told otherwise.
    public init(learningRate: Float = 1e-2, epsilon: Float = 1e-10) { (self.learningRate, self.epsilon) = (learningRate, epsilon) }

    /// One step.
    public mutating func update(_ model: inout some Module, along gradient: Gradient) {
        let (rate, epsilon) = (learningRate, epsilon)
        state.update(&model, "square", along: gradient) { w, g, sum in
            sum += g * g
            w -= rate * g / (sum.squareRoot() + epsilon)
        }
    }
}

extension OptimizerState {
    /// Changes each parameter and the number that is remembered of it.
    @inline(__always)
    fileprivate mutating func update(
        _ model: inout some Module, _ name: String, along gradient: Gradient, _ change: (inout Float, Float, inout Float) -> Void
    ) {
        var memory = take(name, like: gradient)
        steps += 1
        model.forEachParameter(along: gradient) { place, _, parameter, gradient in
            gradient.withFloats { g in
                memory[place].withMutableFloats { m in
                    parameter.withMutableFloats { w in
                        for i in w.indices { change(&w[i], g[i], &m[i]) }
                    }
                }
            }
        }
        tensors[name] = memory
    }
}
