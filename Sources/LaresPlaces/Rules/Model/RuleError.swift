/// Why a rule, a blueprint or what is kept of them can't be taken.
public struct RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A rule isn't what its form asks for.
        public static let badRule = Code("badRule")
        /// A template can't be read, or came to nothing that can be used.
        public static let badTemplate = Code("badTemplate")
        /// A blueprint lacks an input, or was given one of the wrong kind.
        public static let badInput = Code("badInput")
        /// What was kept of runs can't be read.
        public static let badMemory = Code("badMemory")
        /// The place can't keep the rule: it has no position, or not that calendar.
        public static let badSite = Code("badSite")
        /// There are as many rules as there may be.
        public static let full = Code("full")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, where, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }
}
