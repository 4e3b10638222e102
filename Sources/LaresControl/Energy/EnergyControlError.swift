/// What is wrong with a record, a battery or a request, as they come from outside.
public struct EnergyControlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        /// The code's name in the API.
        public let name: String

        /// A code of this name.
        public init(_ name: String) { self.name = name }

        /// Series that have no common hours, or hold what can't be.
        public static let badRecord = Code("bad_record")
        /// A battery, a car or a heat pump that can't be.
        public static let badDesign = Code("bad_design")
        /// A setting out of its range.
        public static let badSetting = Code("bad_setting")
        /// A request, or an answer to one, out of its range.
        public static let badRequest = Code("bad_request")
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
