/// What is wrong with a network, a signal, a simulator or what it said.
public struct TrafficError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Hashable, Sendable {
        /// The code's name in the API.
        public let name: String

        /// A code of this name.
        public init(_ name: String) { self.name = name }

        /// The other side of a connection can't be started, ended, or doesn't answer in time.
        public static let unreachable = Code("unreachable")
        /// Bytes that are no reply of the protocol.
        public static let badReply = Code("bad_reply")
        /// A command that the other side refused.
        public static let refused = Code("refused")
        /// A file of a network or of trips that can't be used.
        public static let badNetwork = Code("bad_network")
        /// A setting out of its range.
        public static let badSetting = Code("bad_setting")
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
