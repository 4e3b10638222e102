import LaresLanguage

/// A network that maps texts to vectors of unit length.
protocol TextEmbedder: Sendable {
    var dimensions: Int { get }
    var contextLength: Int { get }
    var tokenizer: any Tokenizer { get }
    func embed(_ texts: [[Token]]) throws -> [[Float]]
}
