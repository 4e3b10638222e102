/// Why a model refused a step or a request.
public struct LanguageModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is; open, so that a later version can add more.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The sequence would be longer than the model's context.
        public static let contextTooLong = Code(name: "contextTooLong")
        /// The key-value cache has too few free pages.
        public static let cacheFull = Code(name: "cacheFull")
        /// A token outside the vocabulary, or no token.
        public static let badToken = Code(name: "badToken")
        /// A sequence that is not open in this cache, or that comes twice in a batch.
        public static let badSequence = Code(name: "badSequence")
        /// A file of an embedding model is missing or does not fit the others.
        public static let badModel = Code(name: "badModel")
        /// The model has no chat template.
        public static let noChatTemplate = Code(name: "noChatTemplate")
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
    public var description: String { "\(code.name): \(message)" }
}
