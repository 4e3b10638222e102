import Hummingbird
import NIOCore

/// Writes text into an answer's body as it comes.
struct TextWriter {
    // Only the task that answers the request holds it.
    private nonisolated(unsafe) var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    /// Sends more text.
    mutating func send(_ text: String) async throws { try await writer.write(ByteBuffer(string: text)) }

    /// Ends the body.
    consuming func finish() async throws { try await writer.finish(nil) }
}
