/// Why a template could not be read or rendered.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure. More kinds may be added.
    public struct Code: Hashable, Sendable {
        let name: String

        /// The source is not a template: a tag is unclosed, an expression is malformed.
        public static let syntax = Code(name: "syntax")
        /// A value that is not there was used.
        public static let undefined = Code(name: "undefined")
        /// An operation, filter or call was given a value it does not take.
        public static let invalidOperation = Code(name: "invalidOperation")
        /// A filter, test, function or method that does not exist was named.
        public static let unknownName = Code(name: "unknownName")
        /// The template itself called `raise_exception`; the message is the template's own.
        public static let raised = Code(name: "raised")
        /// A bound of ``TemplateLimits`` was reached.
        public static let limit = Code(name: "limit")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong and what to do about it, without the line.
    public let message: String
    /// The line of the template, counted from 1, or nil where none applies.
    public internal(set) var line: Int?

    /// Creates an error, for the functions and filters a host adds.
    public init(_ code: Code, _ message: String, line: Int? = nil) {
        self.code = code
        self.message = message
        self.line = line
    }

    /// The message with the line in front.
    public var description: String {
        guard let line else { return message }
        return "line \(line): \(message)"
    }
}

extension TemplateError {
    static func invalid(_ message: String) -> TemplateError { TemplateError(.invalidOperation, message) }

    static func undefined(_ name: String) -> TemplateError {
        TemplateError(.undefined, "'\(name)' is undefined: give it a value, or test it with 'is defined' first")
    }

    static func limit(_ what: String, _ remedy: String) -> TemplateError {
        TemplateError(.limit, "\(what): \(remedy)")
    }
}
