import Foundation
public import LaresJSON
public import LaresServing

extension ModelDescription {
    /// The model with all that Lares knows of it, as `/lares/v1/models` and `lares list --json` show it.
    public var laresJSON: JSON {
        [
            "name": .string(name), "aliases": .array(aliases.map { .string($0) }), "kind": .string(kind.rawValue),
            "family": .string(family), "state": .string(state.word), "failure": failure.map { .string($0) } ?? .null,
            "file_bytes": .int(fileBytes), "memory_bytes": memoryBytes.map { .int($0) } ?? .null,
            "parameters": parameterCount.map { .int($0) } ?? .null, "quantisation": quantisation.map { .string($0) } ?? .null,
            "context_length": contextLength.map { .int($0) } ?? .null, "dimensions": dimensions.map { .int($0) } ?? .null,
            "chat_template": .bool(chatTemplate), "tokens_per_second": tokensPerSecond.map { .double($0) } ?? .null,
            "base": base.map { .string($0) } ?? .null, "source": .string(source), "sha256": .string(sha256),
            "created": .int(Int(created.timeIntervalSince1970)),
        ]
    }

    private var failure: String? {
        if case .failed(let message) = state { message } else { nil }
    }
}

extension ModelState {
    /// One word for the state: `stored`, `loading`, `serving` or `failed`.
    public var word: String {
        switch self {
        case .stored: "stored"
        case .loading: "loading"
        case .serving: "serving"
        case .failed: "failed"
        }
    }
}
