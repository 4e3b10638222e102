public import LaresJSON

/// A request to the SensorThings service, whatever it came by.
public struct SensorThingsRequest: Sendable {
    /// GET, POST, PATCH, PUT or DELETE.
    public var method: String
    /// What stands behind the version in the address, percent-decoded: "Things(1)/Datastreams".
    public var path: String
    /// What stands behind "?", as it came; nil: nothing.
    public var query: String?
    /// What the body is said to be, without parameters: "application/json".
    public var contentType: String?
    /// The body.
    public var body: [UInt8]
    /// Where the service is, for links, without a slash at the end: "http://127.0.0.1:8080/sta/v1.1".
    public var root: String
    /// Whether the caller may create, change and delete.
    public var mayWrite: Bool
    /// Things of the home that the caller doesn't see, by their names.
    public var hidden: [String]
    /// Whether the caller does without the new entity in the answer (`Prefer: return=minimal`).
    public var isMinimal: Bool
    /// The body as JSON, once it was read.
    var json: JSON?

    /// A request.
    public init(
        _ method: String, _ path: String, query: String? = nil, contentType: String? = nil, body: [UInt8] = [], root: String,
        mayWrite: Bool = true, hidden: [String] = [], isMinimal: Bool = false
    ) {
        (self.method, self.path, self.query, self.contentType, self.body) = (method, path, query, contentType, body)
        (self.root, self.mayWrite, self.hidden, self.isMinimal) = (root, mayWrite, hidden, isMinimal)
    }

    /// The same with its body read, before anybody waits for it.
    ///
    /// - Throws: `JSONError`; ``SensorThingsError`` (415) for a body that isn't said to be JSON.
    func read() throws -> SensorThingsRequest {
        guard json == nil, method != "DELETE" else { return self }
        let types = ["application/json"] + (method == "PATCH" ? ["application/json-patch+json", "application/merge-patch+json"] : [])
        guard let contentType, types.contains(contentType) else {
            throw SensorThingsError(
                415, "the body must be JSON: send it with the header 'Content-Type: \(types.joined(separator: "' or '"))'")
        }
        var request = self
        request.json = try JSON(parsing: body)
        return request
    }
}

/// What the SensorThings service answers.
public struct SensorThingsResponse: Sendable, Hashable {
    /// The HTTP status.
    public let status: Int
    /// Header fields: `Content-Type`, `Location`, `Allow`.
    public var headers: [String: String]
    /// The body; empty: there is none.
    public let body: [UInt8]
    /// What the body is, where it is JSON.
    public let json: JSON?

    /// An answer without a body.
    init(_ status: Int, _ headers: [String: String] = [:]) { (self.status, self.headers, body, json) = (status, headers, [], nil) }

    init(_ json: JSON, status: Int = 200, _ headers: [String: String] = [:]) {
        (self.status, self.json) = (status, json)
        self.headers = headers.merging(["Content-Type": "application/json"]) { $1 }
        body = Array(json.serialized.utf8)
    }

    init(text: String) {
        (status, headers, body, json) = (200, ["Content-Type": "text/plain; charset=utf-8"], Array(text.utf8), nil)
    }

    init(_ error: SensorThingsError) {
        self.init(error.json, status: error.status, error.status == 405 ? ["Allow": "GET, POST, PATCH, PUT, DELETE"] : [:])
    }
}

/// An entity that was created or changed.
public struct SensorThingsChange: Sendable, Hashable {
    let kind: STAKind
    /// Its id.
    public let id: Int64
    /// Whether it is new.
    public let isNew: Bool
    /// What of it was changed.
    public let properties: [String]

    init(kind: STAKind, id: Int64, isNew: Bool, properties: [String] = []) {
        (self.kind, self.id, self.isNew, self.properties) = (kind, id, isNew, properties)
    }

    /// The set it is in: "Observations".
    public var set: String { kind.set }
}
