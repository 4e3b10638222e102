/// Why a GGUF file was refused. The message says what is wrong, where, and what to do about it.
public struct GGUFError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is; open, so that a later version can add more.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The file cannot be opened or mapped.
        public static let unreadable = Code(name: "unreadable")
        /// The file does not start with `GGUF`.
        public static let notGGUF = Code(name: "notGGUF")
        /// A version other than 2 or 3, or the other byte order.
        public static let unsupportedVersion = Code(name: "unsupportedVersion")
        /// The file ends before what it announces.
        public static let truncated = Code(name: "truncated")
        /// A count or length that cannot be true.
        public static let implausibleCount = Code(name: "implausibleCount")
        /// An empty, over-long or non-UTF-8 key or name.
        public static let badName = Code(name: "badName")
        /// The same key or tensor name twice.
        public static let duplicate = Code(name: "duplicate")
        /// A value type or tensor type that is not known here.
        public static let unknownType = Code(name: "unknownType")
        /// `general.alignment` is not a power of two of type UINT32.
        public static let badAlignment = Code(name: "badAlignment")
        /// Dimensions that are zero, too many, too large or not whole blocks.
        public static let badDimensions = Code(name: "badDimensions")
        /// A tensor offset that is unaligned, outside the file or inside another tensor.
        public static let badOffset = Code(name: "badOffset")
        /// A needed key or tensor is absent.
        public static let missing = Code(name: "missing")
        /// A value of another type than needed.
        public static let wrongType = Code(name: "wrongType")
        /// A value outside the range it may have.
        public static let outOfRange = Code(name: "outOfRange")
        /// A model family or feature that is not supported.
        public static let unsupportedModel = Code(name: "unsupportedModel")
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
    public var description: String { "GGUF \(code.name): \(message)" }
}
