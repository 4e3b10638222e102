/// Why a tokenizer was refused. The message says what is wrong, where, and what to do about it.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is; open, so that a later version can add more.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The file cannot be read.
        public static let unreadable = Code(name: "unreadable")
        /// The text is not JSON, or nested too deeply.
        public static let badJSON = Code(name: "badJSON")
        /// A needed key is absent.
        public static let missing = Code(name: "missing")
        /// A value of another type than needed.
        public static let wrongType = Code(name: "wrongType")
        /// Lists that must be of one length are not.
        public static let mismatchedCounts = Code(name: "mismatchedCounts")
        /// The same token twice.
        public static let duplicateToken = Code(name: "duplicateToken")
        /// A merge that is not two tokens of the vocabulary, or makes none.
        public static let badMerge = Code(name: "badMerge")
        /// A byte token that is not `<0x00>` to `<0xFF>`.
        public static let badByteToken = Code(name: "badByteToken")
        /// A number outside the range it may have.
        public static let outOfRange = Code(name: "outOfRange")
        /// A kind of tokenizer, or a part of one, that is not supported.
        public static let unsupported = Code(name: "unsupported")
        /// More tokens or bytes than a tokenizer can have.
        public static let tooLarge = Code(name: "tooLarge")
    }

    /// What kind of problem it is.
    public let code: Code
    /// What is wrong, where, and what to do about it.
    public let message: String

    /// An error with its kind and a sentence for people.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind and the sentence.
    public var description: String { "Tokenizer \(code.name): \(message)" }
}
