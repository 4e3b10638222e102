/// Why nothing of what was sent now can be taken. What was taken before stays; sending everything again is safe.
public struct IngestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code as programs see it.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// More waits to be stored than may.
        public static let overloaded = Code("overloaded")
        /// The tenant sent more than its share.
        public static let overQuota = Code("over_quota")
        /// There is no tenant of this name.
        public static let unknownTenant = Code("unknown_tenant")
        /// The key may not write for this tenant.
        public static let notAllowed = Code("not_allowed")
        /// What was sent can't be begun with: an unknown format, a heading that names nothing.
        public static let badRequest = Code("bad_request")
        /// A limit of tenants is reached.
        public static let tooMany = Code("too_many")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, and what to do.
    public let message: String
    /// Seconds after which it is worth trying again.
    public let retryAfter: Int?

    /// A failure.
    public init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        (self.code, self.message, self.retryAfter) = (code, message, retryAfter)
    }

    /// The message.
    public var description: String { message }
}
