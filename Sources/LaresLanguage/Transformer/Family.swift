import LaresTensor

/// One family of decoder-only models: a small value of switches on shared layers.
///
/// A new family is one file with a `static let` like these and one line in `Family.all`.
public struct Family: Sendable {
    /// `general.architecture` in GGUF; also the prefix of its metadata.
    public let architecture: String
    /// Which pairs rotary embedding turns (after the permutation that conversion to GGUF applies).
    let pairing: RotaryTable.Pairing
    /// The gate of the feed-forward part.
    let activation: Activation
    /// RMS normalisation of each query and key head before rotary embedding.
    let normalisesQueryAndKey: Bool
    /// RMS normalisation of the outputs of attention and feed-forward before they are added.
    let normalisesOutputs: Bool
    /// Sets what the common part cannot know.
    let configure: @Sendable (inout DecoderConfiguration, FamilyMetadata) throws -> Void

    init(
        _ architecture: String, rope pairing: RotaryTable.Pairing, activation: Activation = .silu, normalisesQueryAndKey: Bool = false,
        normalisesOutputs: Bool = false,
        configure: @escaping @Sendable (inout DecoderConfiguration, FamilyMetadata) throws -> Void = { _, _ in }
    ) {
        self.architecture = architecture
        self.pairing = pairing
        self.activation = activation
        self.normalisesQueryAndKey = normalisesQueryAndKey
        self.normalisesOutputs = normalisesOutputs
        self.configure = configure
    }

    /// Every family that can be read.
    public static let all: [Family] = [
        .llama,
        .qwen2,
        .qwen3,
        .gemma3,
    ]

    /// The family of a file. Throws `GGUFError.Code.unsupportedModel` naming what is supported.
    static func of(_ metadata: GGUFMetadata) throws -> Family {
        let name = try metadata.string("general.architecture")
        guard let family = all.first(where: { $0.architecture == name }) else {
            let known = all.map(\.architecture).joined(separator: ", ")
            throw GGUFError(.unsupportedModel, "the architecture '\(name)' is not supported; these are: \(known)")
        }
        return family
    }
}
