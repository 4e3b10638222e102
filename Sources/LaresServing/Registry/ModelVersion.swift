public import LaresNeural

public import struct Foundation.Date

/// One published version of a trained network, forecaster, detector, translator or word vectors. It never changes.
public struct ModelVersion: Sendable, Hashable {
    /// What it does.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It gives outputs for inputs.
        case network
        /// It says what series will be.
        case forecaster
        /// It watches series, and says what is odd.
        case detector
        /// It has vectors of words.
        case words
        /// It writes texts for texts.
        case translator
        /// It controls signals of streets.
        case signals

        /// The file that a training makes.
        var file: String {
            switch self {
            case .network: "network.safetensors"
            case .forecaster: "forecaster.json"
            case .detector: "detector.json"
            case .words: "words.safetensors"
            case .translator: "translator.safetensors"
            case .signals: "signals.json"
            }
        }
    }

    /// What it does.
    public let kind: Kind
    /// The network's name.
    public let model: String
    /// 1 for the first; numbers only rise and are never used again.
    public let number: Int
    /// Which blob holds it.
    public let digest: Digest
    /// Its size.
    public let bytes: Int
    /// What it takes and gives, as its dry run confirmed.
    public let signature: NetworkSignature
    /// What people should know of it.
    public let card: ModelCard
    /// Where it came from.
    public let lineage: Lineage
    /// When it was published.
    public let created: Date
}

/// A trained network: its versions, and which of them is meant by what name.
public struct RegisteredModel: Sendable, Hashable {
    /// The alias that requests without a version get.
    public static let production = "production"
    /// The alias of the version published last.
    public static let candidate = "candidate"

    /// Its name.
    public let name: String
    /// The versions there are, oldest first; at least one.
    public let versions: [ModelVersion]
    /// Versions by alias.
    public let aliases: [String: Int]
    /// What is being tried beside production.
    public let rollout: Rollout?

    /// The version that requests without one get: production, or the newest where nothing was promoted.
    public var standard: ModelVersion? {
        if let number = aliases[Self.production] { return version(number) }
        return versions.last
    }

    /// What the version that requests get does.
    public var kind: ModelVersion.Kind { standard?.kind ?? .network }

    /// The version of that number.
    public func version(_ number: Int) -> ModelVersion? { versions.first { $0.number == number } }

    /// The version that a reference means: a number, or an alias.
    public func version(_ reference: String) -> ModelVersion? {
        if let number = aliases[reference] { return version(number) }
        return Int(reference).flatMap { version($0) }
    }

    /// The aliases of a version, sorted.
    public func aliases(of number: Int) -> [String] { aliases.filter { $0.value == number }.keys.sorted() }
}
