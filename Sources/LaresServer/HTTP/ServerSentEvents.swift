import HTTPTypes
import Hummingbird
import LaresJSON
import NIOCore

/// Writes server-sent events (HTML standard §9.2) into an answer's body.
struct EventWriter {
    // Only the task that answers the request holds it: the type is not copied out of `Response.events`.
    private nonisolated(unsafe) var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    /// Sends one JSON value as an event.
    mutating func send(_ value: JSON) async throws {
        var bytes = Array("data: ".utf8)
        value.write(into: &bytes)
        bytes.append(contentsOf: "\n\n".utf8)
        try await writer.write(ByteBuffer(bytes: bytes))
    }

    /// Sends the mark that ends a stream of the OpenAI API.
    mutating func sendDone() async throws {
        try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
    }

    /// Ends the body.
    consuming func finish() async throws {
        try await writer.finish(nil)
    }
}

extension Response {
    /// An answer of server-sent events. An error after the head has gone out becomes an event `{"error": …}`, which the clients raise.
    static func events(_ write: @escaping @Sendable (inout EventWriter) async throws -> Void) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache", .init("X-Accel-Buffering")!: "no"],
            body: .init { body in
                var events = EventWriter(body)
                do {
                    try await write(&events)
                } catch let error as APIError {
                    try await events.send(error.json)
                } catch is CancellationError {
                    try await events.send(APIError.stopping.json)
                }
                try await events.finish()
            })
    }
}
