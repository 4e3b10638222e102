import CLaresKernels
import Glibc

/// What one step of Adam does with every parameter.
package struct AdamStep: Sendable {
    package var rate: Float
    package var beta1: Float, beta2: Float
    package var epsilon: Float
    /// Taken from the parameter itself, times the rate.
    package var decay: Float
    /// Steps taken, this one included.
    package var number: Int

    /// A step with these figures.
    package init(rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float, number: Int) {
        (self.rate, self.beta1, self.beta2, self.epsilon, self.decay, self.number) = (rate, beta1, beta2, epsilon, decay, number)
    }
}

extension Tensor {
    /// One step of Adam in place (Kingma & Ba 2015); `first` and `second` are the moments.
    package mutating func stepAdam(_ step: AdamStep, along gradient: Tensor, first: inout Tensor, second: inout Tensor) {
        let g = gradient.packed
        var constants = lares_adam(
            rate: step.rate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, decay: step.decay,
            correction1: correction(step.beta1, step.number), correction2: correction(step.beta2, step.number))
        let loops = Loops.shared
        withMutableFloats { w in
            first.withMutableFloats { m in
                second.withMutableFloats { v in
                    guard let w = w.baseAddress, let m = m.baseAddress, let v = v.baseAddress else { return }
                    loops.forParts(g.count) { from, count in
                        loops.set.pointee.adam(&constants, w + from, g.floats + from, m + from, v + from, count)
                    }
                }
            }
        }
    }

    /// Adds another tensor times a factor, in place.
    package mutating func add(_ other: Tensor, times factor: Float) {
        demand(shape == other.shape, "a sum of the shapes \(shape) and \(other.shape)")
        let other = other.packed, loops = Loops.shared
        withMutableFloats { out in
            guard let base = out.baseAddress else { return }
            loops.forParts(out.count) { from, count in loops.set.pointee.add_scaled(base + from, other.floats + from, factor, count) }
        }
    }

    /// Multiplies by a factor, in place.
    package mutating func scale(by factor: Float) {
        let loops = Loops.shared
        withMutableFloats { out in
            guard let base = out.baseAddress else { return }
            loops.forParts(out.count) { from, count in loops.set.pointee.scale_to(base + from, factor, base + from, count) }
        }
    }

    /// The sum of the squares.
    package var squaredNorm: Float {
        let x = packed
        return Loops.shared.set.pointee.dot(x.floats, x.floats, count)
    }
}

/// 1 / (1 - βᵗ), in double precision: the first steps subtract numbers close to one.
private func correction(_ beta: Float, _ number: Int) -> Float { Float(1 / (1 - pow(Double(beta), Double(number)))) }
