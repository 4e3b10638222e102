import GRDB
internal import LaresJSON
import LaresStore
public import LaresThings
import Synchronization

/// What of the home the SensorThings service shows.
public protocol SensorThingsHome: Sendable {
    /// The things, in people's words.
    func shownThings() -> [Thing]
    /// The areas they are in.
    func areas() -> [Area]
}

extension Home: SensorThingsHome {
    /// The things, in people's words.
    public func shownThings() -> [Thing] { things().map(\.thing) }
}

/// The sensing part of OGC SensorThings 1.1 (18-088): requests in, answers out, whatever they come and go by.
///
///     let service = SensorThingsAPI(store: try SensorThingsStore(home: home), ingest: ingest, home: services.home)
///     let answer = await service.answer(SensorThingsRequest("GET", "Things", query: "$top=5", root: "http://127.0.0.1:8080/sta/v1.1"))
///     await service.run()                // until its task is cancelled: gives what is observed to the telemetry store
public final class SensorThingsAPI: Sendable {
    let store: SensorThingsStore
    let readings: STAHomeReadings?
    let feed: STATelemetryFeed?
    /// Where what can't be taken is kept.
    let ingest: Ingest?
    private let home: (any SensorThingsHome)?
    private let position: (latitude: Double, longitude: Double)?
    private let clock: any TimeSource
    private let patience: Duration
    private let mirrored = Mutex((at: Int64.min, fingerprint: Int?.none))
    private let bell: (stream: AsyncStream<Void>, ring: AsyncStream<Void>.Continuation)
    private let listeners = Mutex<[@Sendable ([SensorThingsChange]) -> Void]>([])

    /// A service.
    ///
    /// - Parameters:
    ///   - store: What was told to it.
    ///   - ingest: What gives numbers that are observed to telemetry, where readings of the home come from; nil: nothing does.
    ///   - home: The things that are shown as well; nil: none are.
    ///   - position: Where the home is, for maps.
    ///   - clock: What time it is.
    ///   - patience: How long one question may take.
    public init(
        store: SensorThingsStore, ingest: Ingest? = nil, home: (any SensorThingsHome)? = nil,
        position: (latitude: Double, longitude: Double)? = nil, clock: any TimeSource = SystemTime(),
        patience: Duration = .seconds(20)
    ) {
        (self.store, self.home, self.position, self.clock, self.patience) = (store, home, position, clock, patience)
        readings = home == nil ? nil : ingest.map { STAHomeReadings(telemetry: $0.store) }
        feed = ingest.map { STATelemetryFeed(store.pool, $0) }
        self.ingest = ingest
        let (stream, ring) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        bell = (stream, ring)
    }

    /// Has somebody told what is created and changed, after it is kept.
    public func tell(_ listener: @escaping @Sendable ([SensorThingsChange]) -> Void) { listeners.withLock { $0.append(listener) } }

    var now: Int64 { Timestamp(clock.now).milliseconds }

    /// Gives what is observed to the telemetry store as it comes, until the task is cancelled.
    public func run() async {
        guard let feed else { return }
        bell.ring.yield()
        for await _ in bell.stream {
            guard !Task.isCancelled else { return }
            do { try await feed.tell() } catch {
                // It is told again, whether or not more comes.
                try? await Task.sleep(for: .seconds(5))
                bell.ring.yield()
            }
        }
    }

    /// Gives what was observed so far to the telemetry store.
    ///
    /// - Throws: `TelemetryError` or `IngestError` when it isn't taken now.
    public func settle() async throws { try await feed?.tell() }

    /// Why the telemetry store didn't take what was observed the last time; nil: it did.
    public var trouble: String? { get async { await feed?.trouble } }

    /// Answers a request; whatever is wrong is an answer too.
    public func answer(_ request: SensorThingsRequest) async -> SensorThingsResponse {
        do {
            try await mirror()
            switch request.method {
            case "GET", "HEAD": return try await read(request)
            case "POST" where request.path == "$batch": return try await batch(request)
            case "POST", "PATCH", "PUT", "DELETE": return try await write([request])[0]
            default: throw SensorThingsError(405, "\(request.method.prefix(16)) is not allowed here")
            }
        } catch {
            return SensorThingsResponse(Self.fault(error))
        }
    }

    static func fault(_ error: any Error) -> SensorThingsError {
        switch error {
        case let error as SensorThingsError: error
        case let error as JSONError: .bad("the body is not JSON that can be read: \(error.message)")
        case let error as TelemetryError: SensorThingsError(503, "readings of the home can't be read: \(error.message)")
        case let error as DatabaseError where StoreError.isFullDisk(error):
            SensorThingsError(507, "the disk is full: make room and try again")
        case let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT:
            SensorThingsError(409, "what is asked would break a link between entities: \(error.message ?? "")")
        default: SensorThingsError(500, "something went wrong: \(error)")
        }
    }

    /// Reads, from one state of everything, and gives up on what takes too long.
    func reading<R: Sendable>(_ request: SensorThingsRequest, _ body: @escaping @Sendable (inout STAReader) throws -> R) async throws -> R {
        let (readings, now, pool, patience) = (readings, now, store.pool, patience)
        return try await withThrowingTaskGroup(of: R.self) { group in
            group.addTask {
                try await pool.read { database in
                    var reader = STAReader(
                        database: database, sight: STASight(hidden: request.hidden), root: request.root, now: now, home: readings)
                    return try body(&reader)
                }
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw SensorThingsError(503, "the answer takes more than \(patience): narrow the filter, or expand less")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw SensorThingsError(503, "nothing came of it: ask again") }
            return answer
        }
    }

    /// Carries out requests in one transaction: all of them or none. Those who listen are told when it is kept.
    func write(_ requests: [SensorThingsRequest], names: [String] = []) async throws -> [SensorThingsResponse] {
        guard requests.allSatisfy(\.mayWrite) else {
            throw SensorThingsError(403, "the caller may only read: use a key that may change things")
        }
        let (now, readings, requests) = (now, readings, try requests.map { try $0.read() })
        let done = try await store.pool.write { database in
            var (writer, answers) = (STAWriter(database, now: now), [SensorThingsResponse]())
            var references = STAReferences()
            for (i, request) in requests.enumerated() {
                let work = STAWork(database: database, now: now, readings: readings, request: references.filled(request))
                let answer = try work.carryOut(&writer)
                if i < names.count { references.note(names[i], answer) }
                answers.append(answer)
            }
            try writer.finish()
            return (answers, writer.changes, writer.removedStreams)
        }
        bell.ring.yield()
        for listener in listeners.withLock(\.self) where !done.1.isEmpty { listener(done.1) }
        if !done.2.isEmpty { try? await feed?.forget(done.2) }
        return done.0
    }

    /// Brings the rows of the home up to date, at most once a second.
    private func mirror() async throws {
        guard let home else { return }
        let now = now
        let isDue = mirrored.withLock { mirrored in
            guard now >= mirrored.at &+ 1_000 || now < mirrored.at else { return false }
            mirrored.at = now
            return true
        }
        guard isDue else { return }
        let mirror = STAHomeMirror(things: home.shownThings(), areas: home.areas(), position: position)
        let fingerprint = mirror.fingerprint
        guard mirrored.withLock({ $0.fingerprint != fingerprint }) else { return }
        try await store.pool.write { try mirror.write(to: $0) }
        mirrored.withLock { $0.fingerprint = fingerprint }
    }
}
