public import LaresTensor

/// A vector for each of a number of tokens.
public struct Embedding: Module {
    /// `[tokens, width]`
    public var weight: Tensor

    /// Vectors of a normal distribution.
    public init(_ tokens: Int, _ width: Int, deviation: Float = 1, using random: inout SeededRandom) {
        weight = .normal([tokens, width], deviation: deviation, using: &random)
    }

    /// With vectors that are known, `[tokens, width]`.
    public init(_ weight: Tensor) { self.weight = weight }

    /// Names `weight`.
    public mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("weight", &weight) }

    /// `[…]` to `[…, width]`; an index that is no token traps.
    public func callAsFunction(_ tokens: Indices) -> Tensor { weight.rows(tokens) }
}
