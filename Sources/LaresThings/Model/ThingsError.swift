/// Why a thing can't be known, set or reached.
public struct ThingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The word of the kind, as the API gives it.
        public let name: String

        private init(_ name: String) { self.name = name }

        /// Nothing has this name.
        public static let unknown = Code("unknown")
        /// The property can't take the value.
        public static let badValue = Code("bad_value")
        /// The property can't be set.
        public static let notWritable = Code("not_writable")
        /// The thing isn't there now.
        public static let unavailable = Code("unavailable")
        /// The thing didn't report that it did what it was asked.
        public static let noAnswer = Code("no_answer")
        /// A name, list or text is malformed or too long.
        public static let badName = Code("bad_name")
        /// An announcement can't be understood.
        public static let badAnnouncement = Code("bad_announcement")
        /// A bounded collection is full.
        public static let full = Code("full")
        /// The broker isn't there, refuses, or broke the connection.
        public static let broker = Code("broker")
        /// It needs a confirmation or a PIN.
        public static let needsConfirmation = Code("needs_confirmation")
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
