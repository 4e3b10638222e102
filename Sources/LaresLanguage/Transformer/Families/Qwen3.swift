import LaresTensor

extension Family {
    /// Qwen 3, the dense ones: query and key heads are normalised, no biases.
    static let qwen3 = Family("qwen3", rope: .halves, normalisesQueryAndKey: true)
}
