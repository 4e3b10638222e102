/// Why a key can't be made or changed.
public struct AccessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// The name is empty, too long, has invisible characters, or stands for callers without a key.
        public static let badName = Code("badName")
        /// A usable key has this name already.
        public static let nameTaken = Code("nameTaken")
        /// No usable key has this name or id.
        public static let noSuchKey = Code("noSuchKey")
        /// The end lies in the past.
        public static let badExpiry = Code("badExpiry")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
