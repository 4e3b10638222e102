/// What is wrong with series, a forecaster, or what was asked of one.
public struct ForecastError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        /// The code's name in the API.
        public let name: String

        /// A code of this name.
        public init(_ name: String) { self.name = name }

        /// Series that can't be read as one panel.
        public static let badSeries = Code("bad_series")
        /// Too few values to learn from or to look back on.
        public static let tooShort = Code("too_short")
        /// A setting out of its range.
        public static let badSetting = Code("bad_setting")
        /// What has to be known beforehand isn't yet: the forecast of a covariate.
        public static let waiting = Code("waiting")
        /// A file that isn't a forecaster, or is damaged.
        public static let badFile = Code("bad_file")
    }

    /// What kind of fault it is.
    public let code: Code
    /// What, where, and what to do about it.
    public let message: String

    /// A fault of this kind.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }
}
