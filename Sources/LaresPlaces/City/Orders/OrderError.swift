/// Why an order can't be taken, or an actuator can't be had.
public struct OrderError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The word of the kind, as the API gives it.
        public let name: String

        private init(_ name: String) { self.name = name }

        /// Nothing has this name or number.
        public static let unknown = Code("unknown")
        /// What was asked for can't be read, or is too large.
        public static let invalid = Code("invalid_value")
        /// Another order has this id.
        public static let conflict = Code("conflict")
        /// Somebody else has the actuator.
        public static let owned = Code("owned")
        /// There are as many orders as there may be.
        public static let full = Code("full")
        /// Nobody carries out orders for this kind of actuator.
        public static let noCarrier = Code("no_carrier")
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
