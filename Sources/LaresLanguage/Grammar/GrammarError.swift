/// Why a grammar was refused. The message says what can't be enforced, where it stands, and what to do about it.
public struct GrammarError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is; open, so that a later version can add more.
    public struct Code: Hashable, Sendable {
        /// The name of the code, as it appears in answers and logs.
        public let name: String

        /// The text is not JSON, not a regular expression, or not GBNF.
        public static let badSyntax = Code(name: "badSyntax")
        /// A keyword with a value it can't have.
        public static let badKeyword = Code(name: "badKeyword")
        /// A correct keyword that can't be enforced exactly.
        public static let unsupported = Code(name: "unsupported")
        /// A reference that leads nowhere, outside the schema, or back to itself without anything between.
        public static let badReference = Code(name: "badReference")
        /// Nothing can satisfy the grammar.
        public static let unsatisfiable = Code(name: "unsatisfiable")
        /// A rule that begins with itself.
        public static let leftRecursion = Code(name: "leftRecursion")
        /// Larger, deeper, or with more states than the limits allow.
        public static let tooLarge = Code(name: "tooLarge")
    }

    /// What kind of problem it is.
    public let code: Code
    /// The keyword (JSON Schema), if one is to blame.
    public let keyword: String?
    /// Where: a JSON pointer (`#/properties/a`) in a schema, `byte 12` in other texts; empty for the whole.
    public let place: String
    /// What is wrong and what to do about it, in a sentence.
    public let message: String

    /// An error with its kind, its place and a sentence for people.
    public init(_ code: Code, keyword: String? = nil, place: String = "", _ message: String) {
        self.code = code
        self.keyword = keyword
        self.place = place
        self.message = message
    }

    /// Place and sentence.
    public var description: String {
        place.isEmpty ? "Grammar \(code.name): \(message)" : "Grammar \(code.name) at \(place): \(message)"
    }
}
