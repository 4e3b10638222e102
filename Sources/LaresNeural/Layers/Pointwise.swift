public import LaresTensor

/// A layer without parameters that applies a function to every number.
public protocol PointwiseLayer: Layer {
    /// The function.
    var function: Nonlinearity { get }
}

extension PointwiseLayer {
    /// No parameters.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {}
    /// The function of every number.
    public func callAsFunction(_ x: Tensor) -> Tensor { apply(function, x) }
}

/// max(0, x)
public struct ReLU: PointwiseLayer {
    /// The layer.
    public init() {}
    /// `.relu`
    public var function: Nonlinearity { .relu }
}

/// 1 / (1 + e⁻ˣ)
public struct Sigmoid: PointwiseLayer {
    /// The layer.
    public init() {}
    /// `.sigmoid`
    public var function: Nonlinearity { .sigmoid }
}

/// Hyperbolic tangent.
public struct Tanh: PointwiseLayer {
    /// The layer.
    public init() {}
    /// `.tanh`
    public var function: Nonlinearity { .tanh }
}

/// x · Φ(x) (Hendrycks & Gimpel 2016).
public struct GELU: PointwiseLayer {
    /// The layer.
    public init() {}
    /// `.gelu`
    public var function: Nonlinearity { .gelu }
}

/// x · sigmoid(x) (Elfwing et al. 2017).
public struct SiLU: PointwiseLayer {
    /// The layer.
    public init() {}
    /// `.silu`
    public var function: Nonlinearity { .silu }
}

/// Sets numbers to zero with a probability while the model learns (Srivastava et al. 2014); passes everything on otherwise.
public struct Dropout: Layer {
    /// The probability.
    public let rate: Float
    private var noise = Noise()

    /// A rate in 0..<1.
    public init(_ rate: Float) {
        demand(rate >= 0 && rate < 1, "a rate of \(rate): expected 0..<1")
        self.rate = rate
    }

    /// Names its source of noise.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("noise", &noise) }

    /// The same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard rate > 0 else { return x }
        return noise.draw { x.dropping(rate, using: &$0) } ?? x
    }
}

/// Everything but the first axis as one.
public struct Flatten: Layer {
    /// The layer.
    public init() {}
    /// No parameters.
    public mutating func visit(_ visitor: inout some ParameterVisitor) {}
    /// `[batch, …]` to `[batch, numbers]`.
    public func callAsFunction(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], -1]) }
}
