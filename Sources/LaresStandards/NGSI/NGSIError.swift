/// Why something of NGSI-LD can't be done, as ETSI GS CIM 009 names it (clause 5.5.2 and 6.3.2).
public struct NGSIError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        /// The last part of the error's URI, `https://uri.etsi.org/ngsi-ld/errors/…`.
        public let name: String
        /// The status over HTTP.
        public let status: Int
        /// A few words for people.
        public let title: String

        private init(_ name: String, _ status: Int, _ title: String) { (self.name, self.status, self.title) = (name, status, title) }

        /// The request isn't one at all: no JSON, or a parameter that there isn't.
        public static let invalidRequest = Code("InvalidRequest", 400, "The request can't be read")
        /// The request's data don't hold to the rules.
        public static let badRequestData = Code("BadRequestData", 400, "The data of the request are wrong")
        /// What is to be made is there.
        public static let alreadyExists = Code("AlreadyExists", 409, "It is there already")
        /// Something of the same kind stands in the way.
        public static let conflict = Code("Conflict", 409, "Something stands in the way")
        /// Lares doesn't do this.
        public static let operationNotSupported = Code("OperationNotSupported", 422, "This isn't supported")
        /// What was asked for isn't there.
        public static let resourceNotFound = Code("ResourceNotFound", 404, "It isn't there")
        /// There is no such tenant.
        public static let noSuchTenant = Code("NonexistentTenant", 404, "There is no such tenant")
        /// An `@context` can't be had.
        public static let contextNotAvailable = Code("LdContextNotAvailable", 504, "An @context isn't available")
        /// The answer would be too large.
        public static let tooManyResults = Code("TooManyResults", 403, "There are too many results")
        /// Something is already as large as it may be.
        public static let tooComplex = Code("TooComplexQuery", 403, "The query is too complex")
        /// Who asks may not.
        public static let notAllowed = Code("NotAllowed", 403, "This isn't allowed")
        /// The method isn't one of this address.
        public static let methodNotAllowed = Code("OperationNotSupported", 405, "The address doesn't take this method")
        /// No content type that may be answered with is accepted.
        public static let notAcceptable = Code("NotAcceptable", 406, "Nothing acceptable can be answered")
        /// The body is too long.
        public static let tooLarge = Code("RequestEntityTooLarge", 413, "The body is too large")
        /// The body's content type can't be read.
        public static let unsupportedMediaType = Code("UnsupportedMediaType", 415, "The content type isn't taken")
        /// Something is wrong with Lares.
        public static let internalError = Code("InternalError", 500, "Something went wrong inside")
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong, where, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }

    static func bad(_ message: String) -> NGSIError { NGSIError(.badRequestData, message) }
    static func missing(_ message: String) -> NGSIError { NGSIError(.resourceNotFound, message) }
}
