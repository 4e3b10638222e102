import Hummingbird

/// The fields and files of a posted form (`multipart/form-data`).
struct UploadForm {
    /// The fields of the form.
    private(set) var fields: [String: String] = [:]
    /// The contents of its files.
    private(set) var files: [[UInt8]] = []

    private static let longestField = 2 << 20
    private static let mostFiles = 50

    /// Reads the body of a request.
    ///
    /// - Parameter limit: The most bytes that it may have.
    /// - Throws: ``FormError`` for what is no such form, is cut short, or is too large.
    init(_ request: Request, upTo limit: Int) async throws {
        guard var reader = MultipartReader(contentType: request.headers[.contentType]) else { throw FormError() }
        var (part, bytes, total) = ((name: "", isFile: false), [UInt8](), 0)
        do {
            for try await piece in request.body {
                total += piece.readableBytes
                guard total <= limit else { throw FormError() }
                for event in try reader.feed(piece.readableBytesView) {
                    switch event {
                    case .part(let name, let file): (part, bytes) = ((name, file != nil), [])
                    case .bytes(let more): bytes += more
                    case .end: try keep(part, bytes)
                    }
                }
            }
            try reader.finish()
        } catch { throw FormError() }
    }

    private mutating func keep(_ part: (name: String, isFile: Bool), _ bytes: [UInt8]) throws {
        if part.isFile {
            guard files.count < Self.mostFiles else { throw FormError() }
            if !bytes.isEmpty { files.append(bytes) }
        } else {
            guard fields.count < 100, bytes.count <= Self.longestField else { throw FormError() }
            fields[part.name] = String(decoding: bytes, as: UTF8.self)
        }
    }
}
