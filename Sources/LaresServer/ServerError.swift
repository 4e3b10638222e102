/// Why the server can't start.
public struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// The certificate can't be read.
        public static let badCertificate = Code(name: "badCertificate")
        /// The private key can't be read.
        public static let badKey = Code(name: "badKey")
    }

    /// The kind of fault.
    public let code: Code
    /// What is wrong, where, and what to do.
    public let message: String
    /// The message.
    public var description: String { message }
}
