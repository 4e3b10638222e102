/// Why a model can't be fetched or taken in.
public struct PullError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// The text says no source that is known.
        public static let badSource = Code("badSource")
        /// The name breaks the rules of names.
        public static let badName = Code("badName")
        /// The name belongs to another model.
        public static let nameTaken = Code("nameTaken")
        /// The address lies inside this machine or network, or the link isn't encrypted.
        public static let refusedAddress = Code("refusedAddress")
        /// The server can't be reached, or the connection broke.
        public static let network = Code("network")
        /// The server has no such file, package or version.
        public static let notFound = Code("notFound")
        /// The server answered something else than expected.
        public static let badAnswer = Code("badAnswer")
        /// What arrived isn't what was announced.
        public static let hashMismatch = Code("hashMismatch")
        /// The disk has too little room.
        public static let noSpace = Code("noSpace")
        /// The archive is damaged, or uses what is not supported.
        public static let badArchive = Code("badArchive")
        /// The file is no model that is known.
        public static let notAModel = Code("notAModel")
        /// Another process fetches the same file.
        public static let busy = Code("busy")
        /// A file of this machine can't be read or written.
        public static let file = Code("file")
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
