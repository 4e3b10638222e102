import HTTPTypes
import Hummingbird
import HummingbirdCore
import LaresJSON
import NIOCore
import Synchronization

/// A call of the API that a page makes for its reader: what is shown is what is run.
struct APICall: Sendable {
    let path: String
    let query: [(name: String, value: String)]

    /// The path with its query.
    var target: String { path + "?" + query.map { "\($0.name)=\($0.value.pathEscaped)" }.joined(separator: "&") }

    /// A line for a shell; what could mean something to one is escaped in the address.
    func curl(_ origin: String, needsKey: Bool) -> String {
        "curl " + (needsKey ? "-H \"Authorization: Bearer $LARES_KEY\" " : "") + "'\(origin)\(target)'"
    }

    /// Has a handler of the API answer it, as the reader.
    ///
    /// - Throws: ``APIError``.
    func answer(_ handler: (Request, LaresContext) async throws -> Response, _ context: LaresContext) async throws -> JSON {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: target)
        let response = try await handler(Request(head: head, body: HummingbirdCore.RequestBody(buffer: ByteBuffer())), context)
        let writer = CollectingWriter()
        try await response.body.write(writer)
        return try JSON(parsing: writer.bytes)
    }
}

/// Keeps what an answer writes.
private final class CollectingWriter: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock(\.self) }

    func write(_ buffer: ByteBuffer) async throws { collected.withLock { $0.append(contentsOf: buffer.readableBytesView) } }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
