import Dispatch
import HTTPTypes
import Hummingbird
import LaresServing

/// A body of the protocol, unpacked.
struct V2Body: Sendable {
    let bytes: [UInt8]
    /// How many of the bytes are JSON; nil: all.
    let headerLength: Int?
    /// Its share of the memory for bodies; to be kept until nothing of the body is.
    let share: BodyBudget.Share
}

extension V2Request {
    /// Reads a body; a large one off the threads that answer everybody.
    static func reading(_ body: V2Body) async throws -> V2Request {
        guard body.bytes.count > BodyBudget.free else { return try V2Request(body.bytes, headerLength: body.headerLength) }
        return try await withCheckedThrowingContinuation { continuation in
            largeBodies.async {
                continuation.resume(with: Result { try V2Request(body.bytes, headerLength: body.headerLength) })
            }
        }
    }

    private static let largeBodies = DispatchQueue(label: "lares.large-tensors", qos: .utility)
}

extension Request {
    /// Reads a body of JSON or of JSON and tensors, as it is or packed with gzip or deflate.
    ///
    /// - Throws: ``APIError``: 415 for another content type or packing, 413 for a body that is too large, also unpacked, 400 for one that
    ///   can't be read, 503 when other bodies take the memory.
    func v2Body(within limits: BodyLimits) async throws -> V2Body {
        try requireTensorType()
        let share = limits.budget.share()
        let packed = try await bytes(upTo: limits.each, share: share)
        let bytes = try unpacked(packed, limit: limits.each, share: share)
        guard let length = headers[.inferenceHeaderLength] else { return V2Body(bytes: bytes, headerLength: nil, share: share) }
        guard let length = Int(length), length >= 0 else {
            throw APIError.invalid("the header Inference-Header-Content-Length must be a whole number from 0")
        }
        return V2Body(bytes: bytes, headerLength: length, share: share)
    }

    /// The clients send no type, JSON or bytes; forms and text are what a foreign web page can send without asking.
    private func requireTensorType() throws {
        guard let type = mediaType else { return }
        guard type == "application/json" || type == "application/octet-stream" else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type",
                "the body must be JSON or tensors: send it with the header 'Content-Type: application/json', or application/octet-stream")
        }
    }

    private func unpacked(_ bytes: [UInt8], limit: Int, share: BodyBudget.Share) throws -> [UInt8] {
        switch headers[.contentEncoding]?.lowercased() {
        case nil, "identity": return bytes
        case "gzip", "deflate": break
        case let other?:
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_content_encoding",
                "the body is packed with '\(other.prefix(40))': use gzip, deflate, or no Content-Encoding")
        }
        var unpacked: [UInt8] = []
        do {
            let inflater = try Inflater(.zlibOrGzip)
            try inflater.inflate(bytes) { piece in
                guard unpacked.count + piece.count <= limit else { throw Self.tooLarge(limit) }
                try share.take(piece.count)
                unpacked += piece
            }
            guard inflater.isFinished else { throw APIError.invalid("the packed body is cut short") }
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError.invalid("the packed body can't be unpacked: it is damaged, or packed in another way than Content-Encoding says")
        }
        return unpacked
    }
}
