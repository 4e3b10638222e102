public import LaresTensor

/// A layer that can apply a function to its result while it is still in registers.
public protocol FusingLayer: Layer {
    /// `f` of the layer's result.
    func callAsFunction(_ x: Tensor, then f: Nonlinearity) -> Tensor
}

extension FusingLayer {
    /// The layer's result.
    public func callAsFunction(_ x: Tensor) -> Tensor { callAsFunction(x, then: .identity) }
}

/// `x · weight + bias`, along the last axis.
public struct Linear: FusingLayer {
    /// `[inputs, outputs]`
    public var weight: Tensor
    /// `[outputs]`; nil: none.
    public var bias: Tensor?

    /// Weights evenly spread within ±1/√inputs (LeCun et al. 1998), as PyTorch has them.
    public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true, using random: inout SeededRandom) {
        let bound = 1 / Float(max(1, inputs)).squareRoot()
        weight = .uniform([inputs, outputs], in: -bound..<bound, using: &random)
        bias = hasBias ? .uniform([outputs], in: -bound..<bound, using: &random) : nil
    }

    /// The same, seeded by the system: another layer each time.
    public init(_ inputs: Int, _ outputs: Int, hasBias: Bool = true) {
        var random = SeededRandom(seed: .random(in: 0 ... .max))
        self.init(inputs, outputs, hasBias: hasBias, using: &random)
    }

    /// With a weight `[inputs, outputs]`, and a bias `[outputs]`, that are known.
    public init(_ weight: Tensor, bias: Tensor? = nil) { (self.weight, self.bias) = (weight, bias) }

    /// Names `weight` and `bias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }

    /// `[…, inputs]` to `[…, outputs]`.
    public func callAsFunction(_ x: Tensor, then f: Nonlinearity) -> Tensor { linear(x, weight, bias, then: f) }
}
