/// A message with points, from a source that delivers it again until it is acknowledged.
public struct SourceMessage: Hashable, Sendable {
    /// Where it was sent to: "city/north/air".
    public let topic: String
    /// Points as JSON lines or line protocol.
    public let payload: [UInt8]
    /// When the source got it, the same each time it is delivered; nil: not known. Points without a time are of then.
    public let received: Timestamp?

    /// A message.
    public init(topic: String, payload: [UInt8], received: Timestamp? = nil) {
        (self.topic, self.payload, self.received) = (topic, payload, received)
    }
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
    ///   - tenant: whose points those of a topic are, by name; empty: this Lares' own. Points of a tenant that nobody made are dead letters.
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
    ///
    /// What a tenant sends beyond its share goes to its dead letters: the others' messages mustn't wait for it.
    func take(_ messages: [SourceMessage]) async throws {
        let came = Timestamp(ingest.clock.now)
        var shares: [Share] = []
        var places: [String: Int] = [:]
        for message in messages {
            let named = tenant(message.topic), format = Self.format(message.payload)
            let key = "\(format.rawValue) \(message.received != nil) \(named)"
            if let place = places[key] {
                shares[place].messages.append(message)
            } else {
                places[key] = shares.count
                shares.append(Share(named: named, format: format, came: came, messages: [message]))
            }
        }
        for share in shares { try await store(share) }
    }

    /// Messages of one tenant and format, whose times are all known or none.
    private struct Share {
        let named: String
        let format: PointFormat
        let came: Timestamp
        var messages: [SourceMessage]
    }

    private func store(_ share: Share) async throws {
        guard let owner = try? await ingest.tenant(share.named) else {
            let fault = PointFault(
                .unknownTenant, "there is no tenant '\(share.named.prefix(60))': an owner makes one, and then has these tried again")
            return try await refuse(share, Tenant(share.named)?.name ?? "", fault)
        }
        do {
            var origin = IngestStream.Origin(
                format: share.format, precision: share.format.usualPrecision, tenant: owner, source: name, received: share.came)
            origin.keepsTime = share.messages.first?.received != nil
            var stream = try IngestStream(ingest, origin)
            for message in share.messages {
                let received = message.received ?? share.came
                try await stream.take(message.payload, received: received)
                // A message is whole: what follows begins a line of its own.
                if message.payload.last != 0x0A { try await stream.take([0x0A], received: received) }
            }
            _ = try await stream.finish()
        } catch let error as IngestError where error.code == .overQuota {
            try await refuse(share, owner.name, PointFault(.overQuota, error.message))
        }
    }

    /// Keeps messages among the dead letters.
    private func refuse(_ share: Share, _ tenant: String, _ fault: PointFault) async throws {
        let texts = share.messages.map { (lines: $0.payload, received: $0.received ?? share.came) }
        try await ingest.refuse(texts, share.format, of: tenant, source: name, fault)
    }

    /// JSON begins with a brace.
    private static func format(_ payload: [UInt8]) -> PointFormat {
        payload.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{") ? .jsonl : .line
    }
}
