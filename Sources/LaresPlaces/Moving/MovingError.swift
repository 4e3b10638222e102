/// Why a file can't be taken for a home, or for a part of Home Assistant's storage.
public struct MovingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// The file is damaged, or isn't a home's.
        public static let badFile = Code("badFile")
        /// A newer Lares, or a newer Home Assistant, wrote it.
        public static let newerVersion = Code("newerVersion")
        /// It is longer than any home's.
        public static let tooLarge = Code("tooLarge")
        /// What should be done with it is unclear.
        public static let badPolicy = Code("badPolicy")
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
