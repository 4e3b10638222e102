import HTTPTypes
import Hummingbird
import LaresServing
import NIOCore

/// Takes in the file of a request while it arrives: the one that a form carries, or the body itself. Nothing of it stays in memory.
struct DataReception {
    private let sets: DataSets
    private let kind: DataSummary.Kind?
    private let by: String
    private let limit: Int
    private var form: MultipartReader?
    private var upload: DataUpload?
    private var isTaking = false
    /// Why the file can't be kept. The rest of the body is still read: browsers show an answer only when they were heard out.
    private var refusal: (any Error)?

    /// - Parameters:
    ///   - request: Says by its headers what it carries.
    ///   - name: What a body that is the file itself is called.
    ///   - kind: What the file is; nil: what its name says.
    ///   - sets: Where the file goes.
    ///   - by: Who sends it.
    ///   - limit: The most bytes it may have.
    /// - Throws: ``APIError`` (415) for a body of another kind.
    init(
        _ request: Request, named name: String, as kind: DataSummary.Kind? = nil, to sets: DataSets, by: String, limit: Int
    ) throws {
        (self.sets, self.kind, self.by, self.limit) = (sets, kind, by, limit)
        form = MultipartReader(contentType: request.headers[.contentType])
        guard form == nil else { return }
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingSpaces().lowercased() ?? ""
        guard Self.types.contains(type) else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type",
                "send the data as a form ('multipart/form-data' with a file), or alone as one of \(Self.types.joined(separator: ", "))")
        }
        begin(name)
    }

    private static let types = ["text/csv", "text/plain", "application/x-ndjson", "application/jsonl", "application/octet-stream"]

    /// Reads the whole body and keeps the file.
    ///
    /// - Throws: ``APIError``, `JobError`, `PullError`.
    mutating func receive(_ request: Request) async throws -> DataSet {
        do {
            for try await part in request.body { try take(Array(part.readableBytesView)) }
            if refusal == nil { try form?.finish() }
        } catch let error as APIError {
            upload?.discard()
            throw error
        } catch {
            upload?.discard()
            throw APIError.invalid("the request body can't be read to its end: its chunks are broken or the connection ended")
        }
        if let refusal { throw refusal }
        guard let upload else { throw JobError(.badData, "no file was sent: choose a CSV or JSONL file") }
        do { return try await offTheThreads { try upload.finish() } } catch {
            upload.discard()
            throw error
        }
    }

    private mutating func take(_ bytes: [UInt8]) throws {
        guard refusal == nil else { return }
        guard form != nil else { return append(bytes) }
        for event in try form?.feed(bytes) ?? [] {
            switch event {
            case .part(_, let file):
                if let file, !file.isEmpty { begin(file) }
            case .bytes(let bytes): if isTaking { append(bytes) }
            case .end: isTaking = false
            }
        }
    }

    private mutating func begin(_ name: String) {
        guard upload == nil else { return refuse(JobError(.badData, "two files were sent: send one at a time")) }
        do { upload = try sets.begin(name, as: kind, by: by, limit: limit) } catch { refuse(error) }
        isTaking = true
    }

    private mutating func append(_ bytes: [UInt8]) {
        guard refusal == nil else { return }
        do { try upload?.append(bytes) } catch { refuse(error) }
    }

    private mutating func refuse(_ error: any Error) {
        refusal = error
        upload?.discard()
        upload = nil
    }
}
