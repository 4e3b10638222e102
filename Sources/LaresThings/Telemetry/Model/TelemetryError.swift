/// Why readings can't be stored or found.
public struct TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as programs see it.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// There is no series with this number.
        public static let seriesNotFound = Code("series_not_found")
        /// A number for a series of texts, a text for one of numbers, or statistics of texts.
        public static let wrongKind = Code("wrong_kind")
        /// The name of a thing or property is empty or too long.
        public static let badName = Code("bad_name")
        /// A value is not finite, too large, or a text too long.
        public static let badValue = Code("bad_value")
        /// A time is before 1970 or after 2199.
        public static let badTime = Code("bad_time")
        /// More is asked for, or sent, than one call may have.
        public static let tooMuch = Code("too_much")
        /// The store has as many series as it may.
        public static let tooManySeries = Code("too_many_series")
        /// A retention is out of range.
        public static let badRetention = Code("bad_retention")
        /// Readings come faster than they can be stored.
        public static let overloaded = Code("overloaded")
        /// The disk is full.
        public static let noSpace = Code("no_space")
        /// Another process has the store open.
        public static let inUse = Code("in_use")
        /// A server of the store, or a part of it, can't be reached; answers that would be partial are not given.
        public static let unreachable = Code("unreachable")
        /// The address of a store makes no sense.
        public static let badAddress = Code("bad_address")
        /// A file is damaged, or of a newer Lares.
        public static let unreadable = Code("unreadable")
        /// The store was closed.
        public static let closed = Code("closed")
        /// Something else went wrong below.
        public static let failed = Code("failed")
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

extension TelemetryError {
    static var closed: TelemetryError { TelemetryError(.closed, "the telemetry was closed: open it again") }
}
