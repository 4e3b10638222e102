import LaresTensor

extension Family {
    /// Qwen 2 and 2.5: biases on query, key and value (biases are read wherever a file has them).
    static let qwen2 = Family("qwen2", rope: .halves)
}
