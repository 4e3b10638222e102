public import LaresJSON

/// A forecaster or a detector of the registry, as far as what serves it has to know.
public struct TrainedModel: Sendable, Hashable {
    /// A version of it.
    public struct Version: Sendable, Hashable {
        /// Its number.
        public let number: Int
        /// Its file.
        public let path: String

        /// A version.
        public init(_ number: Int, at path: String) { (self.number, self.path) = (number, path) }
    }

    /// What it does.
    public enum Kind: Sendable, Hashable {
        /// It says what series will be.
        case forecaster
        /// It watches series.
        case detector
    }

    /// Its name.
    public let name: String
    /// What it does.
    public let kind: Kind
    /// The version that serves.
    public let production: Version
    /// A newer version that is shadowed; nil: there is none.
    public let candidate: Version?

    /// A forecaster or a detector.
    public init(name: String, kind: Kind, production: Version, candidate: Version? = nil) {
        (self.name, self.kind, self.production, self.candidate) = (name, kind, production, candidate)
    }
}

/// Where forecasters and detectors come from, and where they are trained anew: the registry and the jobs, which this module doesn't see.
public protocol TrainedModels: Sendable {
    /// All of them, by name; asked for about once a second.
    func all() throws -> [TrainedModel]
    /// The version that a reference means: a number, an alias, or nil for the one that serves; throws for one that isn't there.
    func version(of name: String, _ reference: String?) throws -> TrainedModel.Version
    /// Trains anew by a recipe; the result names the job.
    func train(_ recipe: JSON) async throws -> String
    /// Whether a training under that name waits or runs.
    func isTraining(_ name: String) async throws -> Bool
}
