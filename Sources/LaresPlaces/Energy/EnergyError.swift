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
        /// What is to be controlled isn't what its form asks for, or can't be controlled.
        public static let badControl = Code("bad_control")
        /// There is nothing to control yet, or nothing was recorded.
        public static let notReady = Code("not_ready")
        /// A request of a city, an offer or what people allow isn't what its form asks for.
        public static let badFlexibility = Code("bad_flexibility")
        /// A request of a city that isn't there, or is over.
        public static let noRequest = Code("no_request")
        /// Something else was said by the same name before.
        public static let conflict = Code("conflict")
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
