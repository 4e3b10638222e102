import LaresAccess
import LaresJSON
import LaresServing

/// What a person is told of an error: a sentence of the catalogue, chosen by the error's code, and the error's own words, which are English.
public struct Explanation: Sendable, Hashable {
    /// What is wrong and what to do, in the reader's language.
    public let sentence: String
    /// The error's own words: names, numbers, places. Always English.
    public let detail: String

    /// The explanation of one of our errors; nil for any other, and for a code without a sentence.
    public init?(_ error: any Error, _ words: Words) {
        guard let key = Self.key(of: error) else { return nil }
        self.init(key: key, error, words)
    }

    /// The explanation of an error by the key of its sentence; nil when the catalogue has none.
    public init?(key: String, _ error: any Error, _ words: Words) {
        guard words.has("error.\(key)") else { return nil }
        let seconds = (error as? ServingError)?.retryAfter?.components.seconds ?? 2
        sentence = words("error.\(key)", ["n": "\(max(1, seconds))"])
        detail = "\(error)"
    }

    /// The sentences for the codes of the API, their places open, for scripts that meet the codes themselves.
    static func sentences(_ words: Words) -> JSON {
        var members = JSON.Members()
        for code in serving { members.append(code, .string(words("error.\(code)"))) }
        return .object(members)
    }

    private static func key(of error: any Error) -> String? {
        switch error {
        case let error as ServingError: error.code.description
        case let error as PullError: pull[error.code]
        case let error as RegistryError: registry[error.code]
        case let error as JobError: job[error.code]
        case let error as AccessError: access[error.code]
        case let error as ServerError: server[error.code]
        default: ServingError(full: error)?.code.description
        }
    }

    private static let serving = [
        "model_not_found", "context_length_exceeded", "queue_full", "memory_busy", "out_of_memory", "invalid_request", "draining",
        "load_failed", "wrong_model_kind", "model_in_use", "no_space", "cancelled", "internal_error",
    ]

    private static let pull: [PullError.Code: String] = [
        .badSource: "pull.source", .badName: "pull.name", .nameTaken: "pull.taken", .refusedAddress: "pull.address",
        .network: "pull.network", .notFound: "pull.missing", .badAnswer: "pull.answer", .hashMismatch: "pull.hash", .noSpace: "pull.space",
        .badArchive: "pull.archive", .notAModel: "pull.model", .busy: "pull.busy", .file: "pull.file",
    ]

    private static let registry: [RegistryError.Code: String] = [
        .modelNotFound: "registry.model", .versionNotFound: "registry.version", .badName: "registry.name", .notANetwork: "registry.file",
        .dryRunFailed: "registry.run", .badCard: "registry.card", .badSignature: "registry.declared", .badRollout: "registry.trial",
        .inUse: "registry.use",
        .nothingBefore: "registry.before", .otherSignature: "registry.signature",
    ]

    private static let job: [JobError.Code: String] = [
        .notFound: "job.missing", .badRecipe: "job.recipe", .badLimits: "job.limits", .notResumable: "job.over", .queueFull: "job.line",
        .noSuchData: "data.missing", .badData: "data.table", .tooLarge: "data.large", .tooMany: "data.many",
    ]

    private static let access: [AccessError.Code: String] = [
        .badName: "key.name", .nameTaken: "key.taken", .noSuchKey: "key.missing", .badExpiry: "key.end",
    ]

    private static let server: [ServerError.Code: String] = [.badCertificate: "server.certificate", .badKey: "server.key"]
}
