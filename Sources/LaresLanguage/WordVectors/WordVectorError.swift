/// Why words could not be learnt, read, written or asked about.
public struct WordVectorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// A text without words to learn from.
        public static let emptyText = Code("emptyText")
        /// A setting outside its range.
        public static let badSetting = Code("badSetting")
        /// A word that has no vector.
        public static let unknownWord = Code("unknownWord")
        /// A file that can't be read.
        public static let unreadable = Code("unreadable")
        /// A file that can't be written.
        public static let unwritable = Code("unwritable")
        /// A file that ends before what it announces.
        public static let truncated = Code("truncated")
        /// A file that isn't what its format says.
        public static let malformed = Code("malformed")
        /// A kind of file that isn't read here.
        public static let unsupported = Code("unsupported")
    }

    /// What kind of problem it is, for programs.
    public let code: Code
    /// What is wrong, where, and what to do, for people.
    public let message: String
    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
