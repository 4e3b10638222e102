/// Why a version can't be published, found or changed.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as programs see it.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// There is no network of this name.
        public static let modelNotFound = Code("model_not_found")
        /// There is no such version or alias.
        public static let versionNotFound = Code("version_not_found")
        /// A name breaks the rules of names.
        public static let badName = Code("bad_name")
        /// The file is no network, or is damaged.
        public static let notANetwork = Code("not_a_network")
        /// The network doesn't do what its signature says.
        public static let dryRunFailed = Code("dry_run_failed")
        /// The model card can't be stored.
        public static let badCard = Code("bad_card")
        /// The signature that was declared is none.
        public static let badSignature = Code("bad_signature")
        /// The values of a trial are out of range, or it names the version in production.
        public static let badRollout = Code("bad_rollout")
        /// A version that is meant by an alias or a trial can't go.
        public static let inUse = Code("version_in_use")
        /// A version would answer requests that takes or gives other tensors than the one in production, and nobody said that this is meant.
        public static let otherSignature = Code("other_signature")
        /// There is nothing to go back to.
        public static let nothingBefore = Code("nothing_before")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, where, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
