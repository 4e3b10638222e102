/// A safetensors file that is broken or asks for something unsupported.
public struct SafeTensorsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the file.
    public struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }
        /// The file could not be opened or mapped.
        public static let unreadable = Code("unreadable")
        /// The file ends before its header or its data does.
        public static let truncated = Code("truncated")
        /// The header is longer than any real one.
        public static let tooLarge = Code("tooLarge")
        /// The header is not UTF-8, not JSON, or not shaped as the format says.
        public static let malformedHeader = Code("malformedHeader")
        /// A name or field appears twice.
        public static let duplicateKey = Code("duplicateKey")
        /// An element type this reader does not know.
        public static let unknownType = Code("unknownType")
        /// Shape, type and offsets of a tensor contradict each other, or overflow.
        public static let sizeMismatch = Code("sizeMismatch")
        /// The file could not be written.
        public static let unwritable = Code("unwritable")
        /// The file would be larger than it may be.
        public static let overLimit = Code("overLimit")
        /// Tensors overlap, leave a hole, or leave bytes at the end.
        public static let badOffsets = Code("badOffsets")
    }

    /// What is wrong, for programs.
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
