import LaresTensor

extension Family {
    /// Llama 1 to 3, SmolLM2, Mistral and everything converted as `llama`.
    ///
    /// Conversion permutes the rows of query and key so that pairs are neighbours.
    static let llama = Family("llama", rope: .interleaved)
}
