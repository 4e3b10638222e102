/// Why a schedule, a time zone or a calendar of holidays can't be taken.
public struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A schedule, timer or recording isn't what its form asks for.
        public static let badSchedule = Code("badSchedule")
        /// No time zone has this name, or its file is damaged.
        public static let badTimeZone = Code("badTimeZone")
        /// An iCalendar text is damaged, too large, or repeats in a way that isn't understood.
        public static let badCalendar = Code("badCalendar")
        /// The schedule follows the sun, and the site has no position.
        public static let noPosition = Code("noPosition")
        /// The schedule names a calendar of holidays that the site doesn't have.
        public static let noCalendar = Code("noCalendar")
        /// A calendar of holidays is needed.
        public static let inUse = Code("inUse")
        /// A bounded collection is full.
        public static let full = Code("full")
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
