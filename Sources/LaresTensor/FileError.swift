/// A file that could not be opened, read, mapped or written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// There is no such file.
        public static let notFound = Code("notFound")
        /// The file can't be read by this user.
        public static let denied = Code("denied")
        /// The path names a folder or a device.
        public static let notAFile = Code("notAFile")
        /// The system refused to open or map it.
        public static let unreadable = Code("unreadable")
        /// The file could not be written.
        public static let unwritable = Code("unwritable")
        /// The disk is full.
        public static let noSpace = Code("noSpace")
        /// The file would be larger than it may be.
        public static let overLimit = Code("overLimit")
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What went wrong, where, and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
