/// Why an alarm, an incident or a watch can't be had or changed.
public struct AlarmError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The word of the kind, as the API gives it.
        public let name: String

        private init(_ name: String) { self.name = name }

        /// Nothing has this name or number.
        public static let unknown = Code("unknown")
        /// What was asked can't be done with the alarm as it is.
        public static let notPossible = Code("not_possible")
        /// A watch isn't what its form asks for.
        public static let badWatch = Code("bad_watch")
        /// There are as many as there may be.
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
