import CLaresKernels

/// A function of single numbers that layers apply to their sums.
public enum Nonlinearity: String, Sendable, Hashable, CaseIterable {
    /// x
    case identity
    /// max(0, x)
    case relu
    /// 1 / (1 + e⁻ˣ)
    case sigmoid
    /// Hyperbolic tangent.
    case tanh
    /// x · Φ(x), by tanh (Hendrycks & Gimpel 2016)
    case gelu
    /// x · sigmoid(x) (Elfwing et al. 2017)
    case silu

    var kind: lares_unary {
        switch self {
        case .identity: LARES_IDENTITY
        case .relu: LARES_RELU
        case .sigmoid: LARES_SIGMOID
        case .tanh: LARES_TANH
        case .gelu: LARES_UNARY_GELU
        case .silu: LARES_UNARY_SILU
        }
    }

    /// Whether its derivative follows from its result, so that a layer needn't keep its sums.
    var isKnownByResult: Bool { self != .gelu && self != .silu }
}

extension Tensor {
    static func map(_ f: lares_unary, _ x: Tensor) -> Tensor {
        let packed = x.packed
        let loops = Loops.shared
        let y = Tensor(x.shape) { out in
            loops.forParts(x.count) { from, count in loops.set.pointee.map(f, packed.floats + from, out + from, count) }
        }
        return y.derived(from: x) { dy, gradients in gradients.add(back(f, packed, y, dy), to: x) }
    }

    /// dy f'(x), where y = f(x).
    static func back(_ f: lares_unary, _ x: Tensor, _ y: Tensor, _ dy: Tensor) -> Tensor {
        let dy = dy.packed
        let loops = Loops.shared
        return Tensor(y.shape) { out in
            loops.forParts(y.count) { from, count in
                loops.set.pointee.map_back(f, x.floats + from, y.floats + from, dy.floats + from, out + from, count)
            }
        }
    }
}

/// Applies one of the usual functions.
public func apply(_ f: Nonlinearity, _ x: Tensor) -> Tensor { f == .identity ? x : Tensor.map(f.kind, x) }
/// max(0, x); its derivative at 0 is taken as 0.
public func relu(_ x: Tensor) -> Tensor { Tensor.map(LARES_RELU, x) }
/// 1 / (1 + e⁻ˣ)
public func sigmoid(_ x: Tensor) -> Tensor { Tensor.map(LARES_SIGMOID, x) }
/// Hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { Tensor.map(LARES_TANH, x) }
/// x · Φ(x), by tanh (Hendrycks & Gimpel 2016).
public func gelu(_ x: Tensor) -> Tensor { Tensor.map(LARES_UNARY_GELU, x) }
/// x · sigmoid(x), also called swish (Elfwing et al. 2017).
public func silu(_ x: Tensor) -> Tensor { Tensor.map(LARES_UNARY_SILU, x) }
/// eˣ, for x between -87 and 88; past them the value there.
public func exp(_ x: Tensor) -> Tensor { Tensor.map(LARES_EXP, x) }
/// Natural logarithm; NaN below 0, -infinity at 0.
public func log(_ x: Tensor) -> Tensor { Tensor.map(LARES_LOG, x) }
/// Square root; NaN below 0.
public func sqrt(_ x: Tensor) -> Tensor { Tensor.map(LARES_SQRT, x) }
/// |x|; its derivative at 0 is taken as 0.
public func abs(_ x: Tensor) -> Tensor { Tensor.map(LARES_ABS, x) }
/// x²
public func square(_ x: Tensor) -> Tensor { Tensor.map(LARES_SQUARE, x) }
