/// Why a channel, a recipient or a delivery can't be had.
public struct OutboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The word of the kind, as the API gives it.
        public let name: String

        private init(_ name: String) { self.name = name }

        /// A channel isn't what its form asks for.
        public static let badChannel = Code("bad_channel")
        /// A recipient isn't what the form asks for.
        public static let badRecipient = Code("bad_recipient")
        /// What is to be sent is too long.
        public static let badContent = Code("bad_content")
        /// Nothing has this name.
        public static let unknown = Code("unknown")
        /// Something else needs it.
        public static let inUse = Code("in_use")
        /// There are as many as there may be.
        public static let full = Code("full")
        /// The address may not be called.
        public static let notAllowed = Code("not_allowed")
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
