import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

/// A real mosquitto for one test, with a data directory of its own.
struct RunningBroker {
    let process: BrokerProcess
    let folder: LaresHome

    static func with<R: Sendable>(_ body: @Sendable (RunningBroker) async throws -> R) async throws -> R {
        let path = NSTemporaryDirectory() + "/lares-broker-\(UUID().uuidString)"
        let folder = try LaresHome(path: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = BrokerSettings()
        settings.port = try FreePort.any()
        let broker = RunningBroker(process: try BrokerProcess(settings, home: folder), folder: folder)
        let life = Task { await broker.process.run() }
        do {
            let result = try await body(broker)
            life.cancel()
            await life.value
            return result
        } catch {
            life.cancel()
            await life.value
            throw error
        }
    }

    /// A connection that lasts while the body runs.
    func connected<R: Sendable>(
        _ receiver: Collector = Collector(), as address: BrokerAddress? = nil, id: String = "test", filters: [String] = [],
        _ body: @Sendable (MQTTConnection) async throws -> R
    ) async throws -> R {
        var settings = MQTTSettings(address: address ?? process.address, clientID: id)
        settings.retry = 0.05...0.2
        let connection = try MQTTConnection(settings, receiver: receiver)
        connection.subscribe(filters)
        let life = Task { await connection.run() }
        defer { life.cancel() }
        try await eventually { connection.status.state == .connected }
        let result = try await body(connection)
        life.cancel()
        await life.value
        return result
    }
}

/// Keeps what came.
final class Collector: MQTTReceiver {
    struct Refusal: Error {}

    let messages = Mutex<[MQTTMessage]>([])
    let refusals = Mutex(0)
    let statuses = Mutex<[MQTTStatus]>([])

    /// - Parameter refusals: How many batches it can't keep at first.
    init(refusals count: Int = 0) { refusals.withLock { $0 = count } }

    func receive(_ new: [MQTTMessage]) throws {
        let isRefused = refusals.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if isRefused { throw Refusal() }
        messages.withLock { $0 += new }
    }

    func changed(_ status: MQTTStatus) { statuses.withLock { $0.append(status) } }

    var topics: [String] { messages.withLock { $0.map(\.topic) } }
}

/// Waits for something that another process does, at most ten seconds.
func eventually(_ what: @Sendable () async throws -> Bool) async throws {
    for _ in 0..<1000 {
        if try await what() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it didn't happen within ten seconds")
}

enum FreePort {
    /// A port that nobody listens at now.
    static func any() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
