public import HTTPTypes
public import Hummingbird
public import LaresJSON

/// An error a client of the API sees: a status, and the error object that the OpenAI clients read.
public struct APIError: HTTPResponseError, Hashable {
    /// The status of the answer.
    public let status: HTTPResponse.Status
    /// The family of the error: `invalid_request_error`, `authentication_error`, `rate_limit_error`, `server_error` …
    public let type: String
    /// A word a program can compare, such as `model_not_found`.
    public let code: String?
    /// The parameter that is wrong, where it is one.
    public let param: String?
    /// What is wrong and what to do about it.
    public let message: String
    /// How many seconds a client should wait before it asks again.
    public let retryAfter: Int?
    /// The methods that would have been allowed, for a 405.
    public let allow: [String]

    /// - Parameters:
    ///   - status: The status of the answer.
    ///   - type: The family of the error.
    ///   - code: A word a program can compare.
    ///   - message: What is wrong and what to do about it.
    ///   - param: The parameter that is wrong.
    ///   - retryAfter: Seconds to wait before asking again.
    ///   - allow: The methods that would have been allowed.
    public init(
        _ status: HTTPResponse.Status, type: String, code: String?, _ message: String, param: String? = nil, retryAfter: Int? = nil,
        allow: [String] = []
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.message = message
        self.retryAfter = retryAfter
        self.allow = allow
    }

    /// A request that can't be answered as it stands (400).
    public static func invalid(_ message: String, param: String? = nil, code: String? = "invalid_value") -> APIError {
        APIError(.badRequest, type: "invalid_request_error", code: code, message, param: param)
    }

    /// A feature that this version of Lares does not have (400).
    public static func unsupported(_ param: String, _ message: String) -> APIError {
        invalid(message, param: param, code: "unsupported_parameter")
    }

    /// Lares is going down (503).
    static let stopping = APIError(
        .serviceUnavailable, type: "server_error", code: "draining", "Lares is stopping: ask again when it is back", retryAfter: 5)

    /// The error object, `{"error": {"message", "type", "param", "code"}}`.
    public var json: JSON {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": param.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// The answer that carries this error.
    public var response: Response {
        var response = Response.json(json, status: status)
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        if !allow.isEmpty { response.headers[.allow] = allow.joined(separator: ", ") }
        // Asking again can't help where the machine is too small, the disk full or the model broken; the clients would ask twice more.
        if ["out_of_memory", "load_failed", "no_space"].contains(code) { response.headers[.shouldRetry] = "false" }
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    /// The answer Hummingbird sends for this error.
    public func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension Response {
    /// An answer with a JSON body.
    public static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: value.buffer))
    }
}
