import HTTPTypes
import Hummingbird
package import LaresJSON
import LaresServing
package import LaresThings
import NIOCore

/// Takes the points of a body while it arrives, unpacking it where it is packed. Memory doesn't grow with the body.
struct IngestReception {
    private var stream: IngestStream
    private let limit: Int
    private var size = 0

    /// - Parameter limit: the most bytes, unpacked.
    init(_ stream: IngestStream, limit: Int) { (self.stream, self.limit) = (stream, limit) }

    /// Reads the whole body.
    ///
    /// - Throws: ``APIError``, ``IngestError``, ``TelemetryError``; what was read before is stored.
    mutating func receive(_ request: Request) async throws -> IngestAnswer {
        switch request.headers[.contentEncoding]?.lowercased() ?? "identity" {
        case "identity", "":
            for try await part in Self.parts(request) { try await take(Array(part.readableBytesView)) }
        case "gzip", "deflate", "x-gzip": try await unpack(request)
        case let other:
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_encoding",
                "'\(other.prefix(40))' can't be unpacked: send gzip, or as it is")
        }
        return try await stream.finish()
    }

    private mutating func unpack(_ request: Request) async throws {
        let inflater = try Self.telling { try Inflater(.zlibOrGzip) }
        for try await part in Self.parts(request) {
            var pieces: [[UInt8]] = []
            // A part unpacks to a thousand times its size at most, and is given on before the next is read.
            try Self.telling { try inflater.inflate(Array(part.readableBytesView)) { pieces.append($0) } }
            for piece in pieces { try await take(piece) }
        }
        guard inflater.isFinished || size == 0 else {
            throw APIError.invalid("the packed body is cut short: send it again", code: "bad_encoding")
        }
    }

    private static func telling<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as PullError {
            throw APIError.invalid("the packed body can't be unpacked: \(error.message)", code: "bad_encoding")
        }
    }

    private mutating func take(_ bytes: [UInt8]) async throws {
        size += bytes.count
        guard size <= limit else {
            throw APIError(
                .contentTooLarge, type: "invalid_request_error", code: "too_large",
                "a body may have \(limit) bytes, unpacked: send several; what was read is stored")
        }
        try await stream.take(bytes)
    }

    /// The body; where its connection ends, a client's fault.
    private static func parts(_ request: Request) -> some AsyncSequence<ByteBuffer, any Error> { request.body }
}

extension IngestAnswer {
    /// The answer of the API.
    var json: JSON {
        [
            "stored": .int(counts.stored), "duplicates": .int(counts.duplicates), "late": .int(counts.late),
            "replaced": .int(counts.replaced), "dead_letters": .int(counts.refused), "lost": .int(counts.lost),
            "reasons": .array(
                refusals.map {
                    ["line": .int($0.line), "code": .string($0.fault.code.description), "message": .string($0.fault.message)]
                }),
        ]
    }
}

extension Tenant {
    /// The tenant with its quota.
    package var json: JSON {
        [
            "tenant": .string(name.isEmpty ? "own" : name), "series": .int(quota.series),
            "points_per_second": quota.pointsPerSecond.map { .int($0) } ?? .null,
            "bytes_per_second": quota.bytesPerSecond.map { .int($0) } ?? .null, "keys": .array(keys.sorted().map { .string($0) }),
        ]
    }
}

extension TenantStatus {
    /// How its ingest is going.
    var json: JSON {
        [
            "tenant": .string(tenant.name.isEmpty ? "own" : tenant.name), "quota": tenant.json, "series": .int(series),
            "points_per_second": .double(pointsPerSecond), "points_per_second_over_minute": .double(pointsPerSecondOverMinute),
            "stored": .int(totals.stored), "duplicates": .int(totals.duplicates), "late": .int(totals.late),
            "replaced": .int(totals.replaced), "dead_letters": .int(totals.refused), "lost": .int(totals.lost),
            "bytes": .int(totals.bytes), "refusals": .int(refusals),
        ]
    }
}
