import LaresJSON
import LaresStandards

/// A request to the NGSI-LD API, as whatever speaks HTTP understood it.
public struct NGSIRequest: Sendable {
    /// `GET`, `POST` …
    public var method: String
    /// The path as it came, from `/ngsi-ld/v1` on, without the query.
    public var path: String
    /// What stands behind the `?`, as it came.
    public var query: String
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    /// What stands behind the headers.
    public var body: [UInt8]

    /// A request.
    public init(method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        (self.method, self.path, self.query, self.headers, self.body) = (method, path, query, headers, body)
    }

    /// Whether a body comes, or should, whose length nobody said. HTTP/2 says it by its frames.
    var lacksLength: Bool {
        guard ["POST", "PATCH", "PUT"].contains(method), header("content-length") == nil else { return false }
        return body.isEmpty || header("transfer-encoding") != nil
    }

    /// The value of a header, by its name in lower case.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// An answer of the NGSI-LD API.
public struct NGSIResponse: Sendable {
    /// The status, such as 200.
    public var status: Int
    /// The headers.
    public var headers: [(name: String, value: String)]
    /// What stands behind the headers.
    public var body: [UInt8]

    /// An answer.
    public init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    static let noContent = NGSIResponse(204)

    static func created(_ location: String) -> NGSIResponse { NGSIResponse(201, headers: [("Location", location)]) }

    static func json(_ json: JSON, _ status: Int = 200, type: String = "application/json") -> NGSIResponse {
        NGSIResponse(status, headers: [("Content-Type", type)], body: json.data)
    }

    /// Why something can't be done, as RFC 7807 writes it, of the content type that NGSI-LD gives it (clause 6.3.2).
    static func problem(_ error: NGSIError) -> NGSIResponse {
        json(problemJSON(error), error.code.status, type: "application/json")
    }

    static func problemJSON(_ error: NGSIError) -> JSON {
        [
            "type": .string("https://uri.etsi.org/ngsi-ld/errors/\(error.code.name)"), "title": .string(error.code.title),
            "detail": .string(error.message), "status": .int(error.code.status),
        ]
    }
}
