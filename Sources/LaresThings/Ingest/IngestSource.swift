/// A message with points, from a source that delivers it again until it is acknowledged.
public struct SourceMessage: Hashable, Sendable {
    /// Where it was sent to: "city/north/air".
    public let topic: String
    /// Points as JSON lines or line protocol.
    public let payload: [UInt8]

    /// A message.
    public init(topic: String, payload: [UInt8]) { (self.topic, self.payload) = (topic, payload) }
}

/// Where messages come from that several workers share: a stream of a NATS cluster.
public protocol IngestSource: Sendable {
    /// Hands batches over until its task is cancelled. A batch is acknowledged when `take` returns, and delivered again when it throws.
    ///
    /// - Throws: what can't be mended by trying again: a wrong password, a stream that isn't there.
    func run(_ take: @escaping @Sendable ([SourceMessage]) async throws -> Void) async throws
}

/// Stores what a source delivers. Lines that can't be taken go to the dead letters and are acknowledged like others.
public struct IngestWorker: Sendable {
    private let ingest: Ingest
    private let source: any IngestSource
    private let name: String
    private let tenant: @Sendable (_ topic: String) -> String

    /// - Parameters:
    ///   - ingest: where points go.
    ///   - source: where they come from.
    ///   - name: what the source is called, for dead letters.
    ///   - tenant: whose points those of a topic are, by name; one that isn't known is this Lares' own.
    public init(
        _ ingest: Ingest, from source: any IngestSource, named name: String, tenant: @escaping @Sendable (String) -> String = { _ in "" }
    ) {
        (self.ingest, self.source, self.name, self.tenant) = (ingest, source, name, tenant)
    }

    /// Works until its task is cancelled.
    ///
    /// - Throws: what the source throws.
    public func run() async throws {
        try await source.run { messages in try await take(messages) }
    }

    /// Stores a batch: one stream for each tenant and format, so that thousands of small messages are stored in one go.
    func take(_ messages: [SourceMessage]) async throws {
        var streams: [String: IngestStream] = [:]
        var formats: [String: (Tenant, PointFormat)] = [:]
        for message in messages {
            let named = tenant(message.topic), format = Self.format(message.payload)
            let key = "\(named) \(format.rawValue)"
            if formats[key] == nil {
                var owner = try await ingest.tenant("")
                if let known = try? await ingest.tenant(named) { owner = known }
                formats[key] = (owner, format)
            }
            guard let (owner, _) = formats[key] else { continue }
            var stream = try streams.removeValue(forKey: key) ?? ingest.stream(format, for: owner, source: name)
            try await stream.take(message.payload)
            // A message is whole: what follows begins a line of its own.
            if message.payload.last != 0x0A { try await stream.take([0x0A]) }
            streams[key] = stream
        }
        for var stream in streams.values { _ = try await stream.finish() }
    }

    /// JSON begins with a brace.
    private static func format(_ payload: [UInt8]) -> PointFormat {
        payload.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{") ? .jsonl : .line
    }
}
