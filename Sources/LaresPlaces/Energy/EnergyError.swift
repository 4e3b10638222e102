/// Why tariffs, prices, meters or a report can't be had.
public struct EnergyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The word of the kind, as the API gives it.
        public let name: String

        private init(_ name: String) { self.name = name }

        /// Tariffs aren't what their form asks for.
        public static let badTariff = Code("bad_tariff")
        /// Prices by the hour aren't what their form asks for.
        public static let badPrices = Code("bad_prices")
        /// What people said of meters isn't what its form asks for.
        public static let badMeters = Code("bad_meters")
        /// A report is asked for too many days.
        public static let tooMuch = Code("too_much")
        /// A tariff names a calendar of holidays that the home doesn't have.
        public static let noCalendar = Code("no_calendar")
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
