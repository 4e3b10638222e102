/// Why the console can't start or can't make a page: something that should have come with the program is missing or wrong.
public struct ConsoleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// A page, style, script or picture is not there.
        public static let fileMissing = Code(name: "fileMissing")
        /// A page asks for a text that the catalogue doesn't have.
        public static let textMissing = Code(name: "textMissing")
        /// A page can't be read as a Mustache template.
        public static let pageMalformed = Code(name: "pageMalformed")
        /// A page was made without a field it shows.
        public static let fieldMissing = Code(name: "fieldMissing")
    }

    /// The kind of fault.
    public let code: Code
    /// What is wrong, where, and what to do.
    public let message: String
    /// The message.
    public var description: String { message }
}
