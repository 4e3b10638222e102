public import LaresNeural
public import LaresTensor

/// A long text as windows of tokens, each with what comes next after every token.
public struct TextWindows: Dataset {
    private let tokens: [Int32]
    /// Tokens of a window.
    public let length: Int

    /// Windows that may begin anywhere. A text of at most `length` tokens traps: there would be none.
    public init(_ tokens: [Int32], of length: Int) {
        precondition(length > 0 && tokens.count > length, "windows of \(length) tokens from a text of \(tokens.count)")
        (self.tokens, self.length) = (tokens, length)
    }

    /// Tells one text from another.
    var fingerprint: Fingerprint { Fingerprint(of: tokens) }

    /// Places where a window may begin.
    public var count: Int { tokens.count - length }

    /// Windows side by side.
    public struct Batch: Sendable {
        /// `[batch, length]`
        public let inputs: Indices
        /// `[batch, length]`: each one token later.
        public let labels: Indices
    }

    /// The windows that begin at some places.
    public func batch(_ places: [Int]) -> Batch {
        let shape: Shape = [places.count, length]
        return Batch(
            inputs: Indices(places.flatMap { tokens[$0..<($0 + length)] }, shape),
            labels: Indices(places.flatMap { tokens[($0 + 1)...($0 + length)] }, shape))
    }

    /// So many windows that begin at random places.
    public func batch(of size: Int, using random: inout some RandomNumberGenerator) -> Batch {
        batch((0..<size).map { _ in Int.random(in: 0..<count, using: &random) })
    }
}
