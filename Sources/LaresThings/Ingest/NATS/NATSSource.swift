internal import Dispatch
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Messages of a JetStream consumer, from whichever server of a cluster is there.
///
/// Points sent by MQTT to a NATS cluster come as subjects with dots for slashes: "city.north.air" is "city/north/air" here. What `take` has
/// returned for is acknowledged; everything else is delivered again, to this worker or another.
public struct NATSSource: IngestSource {
    private let servers: [NATSAddress]
    private let settings: NATSPullSettings
    private let report: @Sendable (String) -> Void
    /// Times in a row that the consumer may be missing: while a cluster elects, it may be nowhere.
    private static let attempts = 5

    /// - Parameters:
    ///   - servers: at least one; others of their cluster are learnt from them.
    ///   - settings: what is pulled.
    ///   - report: told of connections that were made and lost.
    /// - Throws: ``NATSError`` when there is no server, or a name can't be one.
    public init(_ servers: [NATSAddress], _ settings: NATSPullSettings, report: @escaping @Sendable (String) -> Void = { _ in }) throws {
        guard !servers.isEmpty, settings.isUsable, (1...100_000).contains(settings.batch) else {
            throw NATSError(.badAddress, "a server is needed, and names of stream and consumer without spaces, dots and wildcards")
        }
        var settings = settings
        if settings.user == nil { settings.user = servers.first?.user }
        (self.servers, self.settings, self.report) = (servers, settings, report)
    }

    /// Pulls until its task is cancelled; goes on with the next server where one is lost.
    ///
    /// - Throws: ``NATSError`` with `refused` or `badConsumer`.
    public func run(_ take: @escaping @Sendable ([SourceMessage]) async throws -> Void) async throws {
        var known = servers, turn = 0, failures = 0
        var backoff = Backoff(0.25...10)
        while !Task.isCancelled {
            let server = known[turn % known.count]
            turn += 1
            let learnt = Learnt()
            do {
                try await connect(to: server, learnt, take)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let fault = error as? NATSError
                if learnt.hasPulled { backoff.reset() }
                failures = learnt.hasPulled || fault?.code == .lost ? 0 : failures + 1
                report("\(server): \(fault?.message ?? "\(error)")")
                let isHopeless = fault.map { $0.code == .refused || ($0.code == .badConsumer && !settings.isOfMQTT) } ?? false
                if let fault, isHopeless, failures >= Self.attempts { throw fault }
            }
            for other in learnt.servers where !known.contains(other) && known.count < 64 { known.append(other) }
            try await Task.sleep(for: .seconds(backoff.next()))
        }
        try Task.checkCancellation()
    }

    /// A connection's conversation, which its reading, its storing and its timer share, and what came and isn't stored yet.
    private final class Session: Sendable {
        let state: Mutex<NATSPull>
        private let waiting = Mutex<[NATSMessage]>([])
        let bell: (stream: AsyncStream<Void>, ring: AsyncStream<Void>.Continuation)

        init(_ pull: NATSPull) {
            state = Mutex(pull)
            let (stream, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            bell = (stream, ring)
        }

        func put(_ messages: [NATSMessage]) {
            waiting.withLock { $0 += messages }
            bell.ring.yield()
        }

        var count: Int { waiting.withLock(\.count) }

        func take(_ most: Int) -> [NATSMessage] {
            waiting.withLock { waiting in
                let some = Array(waiting.prefix(most))
                waiting.removeFirst(some.count)
                return some
            }
        }
    }

    /// What a connection told of the cluster.
    private final class Learnt: Sendable {
        private let state = Mutex<(servers: [NATSAddress], hasPulled: Bool)>(([], false))

        var servers: [NATSAddress] { state.withLock(\.servers) }
        var hasPulled: Bool { state.withLock(\.hasPulled) }

        func note(_ servers: [String], isPulling: Bool) {
            state.withLock { state in
                state.servers += servers.compactMap { try? NATSAddress(url: $0) }
                if isPulling { state.hasPulled = true }
            }
        }
    }

    private func connect(to server: NATSAddress, _ learnt: Learnt, _ take: @escaping @Sendable ([SourceMessage]) async throws -> Void)
        async throws
    {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .connect(host: server.host, port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let session = Session(NATSPull(settings, inbox: Self.name(), now: Self.now))
        try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.pull(inbound, outbound, session, learnt, server, report) }
                group.addTask { [settings] in try await Self.store(outbound, session, settings, take) }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .seconds(5))
                        let output = try session.state.withLock { try $0.tick(now: Self.now) }
                        if !output.isEmpty { try await outbound.write(ByteBuffer(bytes: output)) }
                    }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        throw NATSError(.lost, "the server ended the connection: another one is tried")
    }

    /// Reads, beside storing: the next batch comes while this one is written, and pings are answered however long that takes.
    private static func pull(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ session: Session, _ learnt: Learnt, _ server: NATSAddress, _ report: @Sendable (String) -> Void
    ) async throws {
        for try await buffer in inbound {
            let actions = try session.state.withLock { try $0.receive(buffer.readableBytesView, now: now) }
            let isPulling = session.state.withLock(\.isPulling)
            if isPulling, !learnt.hasPulled { report("\(server): messages are pulled") }
            learnt.note(actions.servers, isPulling: isPulling)
            if !actions.output.isEmpty { try await outbound.write(ByteBuffer(bytes: actions.output)) }
            if !actions.messages.isEmpty { session.put(actions.messages) }
        }
    }

    /// Stores what came, and then acknowledges it: what isn't on the disk stays with the server.
    private static func store(
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ session: Session, _ settings: NATSPullSettings,
        _ take: @Sendable ([SourceMessage]) async throws -> Void
    ) async throws {
        for await _ in session.bell.stream {
            while session.count > 0 {
                if settings.gathering > .zero, session.count < settings.batch { try await Task.sleep(for: settings.gathering) }
                let messages = session.take(settings.batch)
                do {
                    try await take(messages.map { SourceMessage(topic: topic($0.subject), payload: $0.payload, received: $0.storedAt) })
                } catch {
                    let back = session.state.withLock { $0.giveBack(messages + session.take(.max)) }
                    if !Task.isCancelled { try await outbound.write(ByteBuffer(bytes: back)) }
                    throw error
                }
                try await outbound.write(ByteBuffer(bytes: session.state.withLock { $0.acknowledge(messages) }))
            }
        }
    }

    /// The topic that NATS made a subject of: dots for slashes, two slashes for a dot ("a//b" is how it writes "a.b").
    package static func topic(_ subject: String) -> String {
        (subject.hasPrefix(NATSPullSettings.mqttPrefix) ? String(subject.dropFirst(NATSPullSettings.mqttPrefix.utf8.count)) : subject)
            .replacingOccurrences(of: "//", with: "\u{0}").replacingOccurrences(of: ".", with: "/")
            .replacingOccurrences(of: "\u{0}", with: ".")
    }

    private static var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    private static func name() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
