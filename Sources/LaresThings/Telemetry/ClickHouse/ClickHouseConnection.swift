internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Asks ClickHouse over HTTP, one server after the other until one answers. One that hangs is left after a few seconds, and asked last for a while.
///
/// Everything asked here may be asked twice: questions change nothing, and rows that are inserted twice are one.
final class ClickHouseConnection: Sendable {
    let address: ClickHouseAddress
    private let patience: ClickHousePatience
    private let client: HTTPClient
    private let line: Mutex<ServerLine>
    private let isClosed = Mutex(false)

    init(_ address: ClickHouseAddress, patience: ClickHousePatience) {
        (self.address, self.patience) = (address, patience)
        line = Mutex(ServerLine(count: address.hosts.count))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(patience.connect)
        configuration.connectionPool.retryConnectionEstablishment = false
        // ClickHouse closes idle connections after three seconds: one that is used at that moment breaks.
        configuration.connectionPool.idleTimeout = .seconds(2)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async throws {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        if isFirst { try? await client.shutdown() }
    }

    /// Asks a question, and gives its rows.
    func rows(_ question: String, inDatabase: Bool = true) async throws -> RowBinaryReader {
        RowBinaryReader(try await run(ByteBuffer(string: "\(question) FORMAT RowBinary"), query(inDatabase)))
    }

    /// Gives an order that has no answer.
    func order(_ statement: String, inDatabase: Bool = true) async throws {
        // What is to be done on all servers takes as long as it takes; another one would do it no sooner.
        _ = try await run(ByteBuffer(string: statement), query(inDatabase), isBrief: false)
    }

    /// Inserts rows; when it returns they are on the disks of the servers.
    func insert(_ block: NativeBlock, into table: String) async throws {
        guard block.rows > 0 else { return }
        let quorum = address.quorum.map { "&insert_quorum=\($0)&insert_quorum_timeout=10000" } ?? ""
        _ = try await run(block.encoded(), "\(query(true))\(quorum)&query=INSERT+INTO+\(table)+FORMAT+Native")
    }

    private func query(_ inDatabase: Bool) -> String {
        // An answer is held back until it is whole: a fault in its middle would look like its end. Replicas are asked in the order of the
        // configuration, so that who was told something is asked for it; one that is two seconds behind, as after a fault, is not.
        "wait_end_of_query=1&insert_distributed_sync=1&load_balancing=in_order&max_query_size=4194304"
            + "&max_replica_delay_for_distributed_queries=2&fallback_to_stale_replicas_for_distributed_queries=0"
            + (inDatabase ? "&database=\(address.database)" : "")
    }

    /// - Parameter isBrief: Whether a server that takes long is given up for another one.
    private func run(_ body: ByteBuffer, _ query: String, isBrief: Bool = true) async throws -> ByteBuffer {
        let start = ContinuousClock.now
        var (pause, tried) = (patience.firstPause, Set<Int>())
        while true {
            guard !isClosed.withLock(\.self) else { throw TelemetryError.closed }
            let place = line.withLock(\.current)
            tried.insert(place)
            let limit = isBrief ? answerTime(since: start, tried) : patience.answer
            do throws(ClickHouseFault) {
                return try await attempt(body, query, address.hosts[place], within: limit)
            } catch {
                if Task.isCancelled { throw CancellationError() }
                if error.isOfThisServer { moveOn(from: place, isSlow: error.isLate) }
                guard error.isPassing, ContinuousClock.now - start + pause < patience.total else { throw self.error(error) }
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, patience.longestPause)
        }
    }

    /// How long an answer is waited for: not long while another server may be asked, and two may be in the time that is left. A question that takes
    /// every server long has the whole patience of one of them.
    private func answerTime(since start: ContinuousClock.Instant, _ tried: Set<Int>) -> Duration {
        let now = ContinuousClock.now
        guard now - start + patience.first * 2 <= patience.total, line.withLock({ $0.hasOther(than: tried, at: now) }) else {
            return patience.answer
        }
        return min(patience.first, patience.answer)
    }

    private func moveOn(from place: Int, isSlow: Bool) {
        let now = ContinuousClock.now
        line.withLock { line in
            if isSlow { line.note(slow: place, until: now + patience.avoided) }
            line.moveOn(from: place, at: now)
        }
    }

    private func error(_ fault: ClickHouseFault) -> TelemetryError {
        isClosed.withLock(\.self) ? .closed : fault.error(at: address)
    }

    private func attempt(
        _ body: ByteBuffer, _ query: String, _ host: ClickHouseAddress.Host, within limit: Duration
    ) async throws(ClickHouseFault) -> ByteBuffer {
        do {
            let response = try await client.execute(request(body, query, host), timeout: TimeAmount(limit))
            let answer = try await response.body.collect(upTo: Self.largestAnswer)
            guard response.status == .ok else {
                throw ClickHouseFault(body: String(buffer: answer), status: Int(response.status.code))
            }
            return answer
        } catch let error as ClickHouseFault {
            throw error
        } catch {
            throw ClickHouseFault(network: error)
        }
    }

    /// A month of one series by the tenth of a second, twice over.
    private static let largestAnswer = 1 << 30

    private func request(_ body: ByteBuffer, _ query: String, _ host: ClickHouseAddress.Host) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "\(address.isSecure ? "https" : "http")://\(host)/?\(query)")
        request.method = .POST
        if let user = address.user { request.headers.add(name: "X-ClickHouse-User", value: user) }
        if let password = address.password { request.headers.add(name: "X-ClickHouse-Key", value: password) }
        request.body = .bytes(body)
        return request
    }
}

/// How long servers are waited for.
public struct ClickHousePatience: Hashable, Sendable {
    /// For all tries together. A new one isn't begun after that.
    public var total = Duration.seconds(20)
    /// For one answer.
    public var answer = Duration.seconds(60)
    /// For one answer while another server may be asked instead.
    public var first = Duration.seconds(10)
    /// So long a server that didn't answer in time is asked after the others.
    public var avoided = Duration.seconds(60)
    /// For a connection.
    public var connect = Duration.seconds(2)
    /// Between the first two tries; twice as long between the next two, and so on.
    public var firstPause = Duration.milliseconds(50)
    /// Between tries at most.
    public var longestPause = Duration.seconds(2)

    /// The usual patience.
    public init() {}
}
