import Dispatch
import HTTPTypes
import Hummingbird
import LaresJSON
import NIOCore

/// How large bodies may be: each, and all together.
struct BodyLimits: Sendable {
    /// The most bytes a body may have.
    let each: Int
    /// What all bodies share.
    let budget: BodyBudget
}

/// A body that was read.
struct RequestBody: Sendable {
    let json: JSON
    /// Its share of the memory for bodies; it is to be kept until nothing of the body is.
    let share: BodyBudget.Share
}

extension Request {
    /// Reads the body as JSON, within bounds: the size before and while it is read, depth and number of values while it is parsed.
    ///
    /// - Throws: ``APIError``: 415 for another content type, 413 for a body that is too large, 400 for a body that is not JSON, 503 when
    ///   the bodies of other requests take the memory there is for them.
    func json(within limits: BodyLimits) async throws -> RequestBody {
        let share = limits.budget.share()
        return RequestBody(json: try await json(upTo: limits.each, share: share), share: share)
    }

    private func json(upTo limit: Int, share: BodyBudget.Share) async throws -> JSON {
        try requireJSONType()
        if let announced = headers[.contentLength].flatMap({ Int($0) }), announced > limit { throw Self.tooLarge(limit) }
        let bytes = try await bytes(upTo: limit, share: share)
        do {
            return try await Self.parse(bytes).get()
        } catch {
            throw APIError.invalid("the request body is not JSON that can be read: \(error.message)", code: "invalid_json")
        }
    }

    func bytes(upTo limit: Int, share: BodyBudget.Share) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else { throw Self.tooLarge(limit) }
                try share.take(part.readableBytes)
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError.invalid("the request body can't be read to its end: its chunks are broken or the connection ended")
        }
        return bytes
    }

    /// Large bodies are parsed one at a time, off the threads that answer everybody: twenty of 16 MiB kept `/health` waiting for 2.7 s.
    static func parse(_ bytes: [UInt8]) async -> Result<JSON, JSONError> {
        guard bytes.count > BodyBudget.free else { return Result { () throws(JSONError) in try JSON(parsing: bytes) } }
        return await withCheckedContinuation { continuation in
            largeBodies.async { continuation.resume(returning: Result { () throws(JSONError) in try JSON(parsing: bytes) }) }
        }
    }

    private static let largeBodies = DispatchQueue(label: "lares.large-bodies", qos: .utility)

    /// A body of another type is what a foreign web page can send without asking, so it is refused even where it would parse.
    private func requireJSONType() throws {
        guard mediaType == "application/json" else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type",
                "the body must be JSON: send it with the header 'Content-Type: application/json'")
        }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_content_encoding",
                "the body is encoded with '\(encoding.prefix(40))': send it without Content-Encoding")
        }
    }

    /// Whether a body is said to come, for requests that may do without. Its type says so: a length isn't always told, and some clients say of
    /// nothing that it comes in chunks.
    var announcesBody: Bool { headers[.contentType] != nil && headers[.contentLength] != "0" }

    /// What the body is said to be, without parameters; nil when nothing is said.
    var mediaType: String? {
        guard let type = headers[.contentType] else { return nil }
        // What nearly all say; taking it apart was a fifteenth of a small request's time.
        if type == "application/json" { return type }
        return type.split(separator: ";").first.map { $0.trimmingSpaces().lowercased() }
    }

    static func tooLarge(_ limit: Int) -> APIError {
        APIError(
            .contentTooLarge, type: "invalid_request_error", code: "request_too_large",
            "the request body is larger than \(limit) bytes: send less, or in several requests")
    }
}
