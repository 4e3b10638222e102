public import LaresTensor

/// Layer normalisation over the last axis (Ba et al. 2016).
public struct LayerNorm: Layer {
    /// `[width]`
    public var weight: Tensor
    /// `[width]`
    public var bias: Tensor
    /// Added to the variance.
    public let epsilon: Float

    /// Weights of one, biases of zero.
    public init(_ width: Int, epsilon: Float = 1e-5) {
        weight = Tensor(repeating: 1, [width])
        bias = .zeros([width])
        self.epsilon = epsilon
    }

    /// Names `weight` and `bias`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("weight", &weight)
        visitor.visit("bias", &bias)
    }

    /// `[…, width]`
    public func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, weight, bias, epsilon: epsilon) }
}

/// Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019).
public struct RMSNorm: Layer {
    /// `[width]`
    public var weight: Tensor
    /// Added to the mean square.
    public let epsilon: Float

    /// Weights of one.
    public init(_ width: Int, epsilon: Float = 1e-6) {
        weight = Tensor(repeating: 1, [width])
        self.epsilon = epsilon
    }

    /// With a weight that is known, `[width]`.
    public init(_ weight: Tensor, epsilon: Float = 1e-6) { (self.weight, self.epsilon) = (weight, epsilon) }

    /// Names `weight`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("weight", &weight) }

    /// `[…, width]`
    public func callAsFunction(_ x: Tensor) -> Tensor { rmsNorm(x, weight, epsilon: epsilon) }
}
