import Foundation
import LaresThings
import Synchronization
import Testing

/// A cluster whose servers are killed while it is written to. It takes a minute, so only the long run has it.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["LARES_LONG"] != nil && TestCluster.isInstalled,
        "LARES_LONG isn't set, or clickhouse-server or ZooKeeper isn't installed: the cluster is NOT tested"))
struct ClickHouseClusterTests {
    @Test func nothingAcknowledgedIsLostAndNothingCountsTwiceWhenServersAreKilled() async throws {
        try await TestCluster.with { cluster in
            let store = try await ClickHouseTelemetry(cluster.address)
            let ids = try await store.declare((0..<40).map { SeriesDeclaration(SeriesKey(thing: "t", property: "\($0)"), .measurement) })
            let ledger = Ledger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 { group.addTask { try await write(writer, ids, to: store, ledger) } }
                for name in ["clickhouse-1-1", "clickhouse-2-2", "zookeeper", "clickhouse-1-2", "clickhouse-2-1"] {
                    try await ledger.wait(forMore: 60)
                    try cluster.run("kill", name)
                    // ZooKeeper is alone: without it nothing can be stored, so nothing more is waited for.
                    if name != "zookeeper" { try await ledger.wait(forMore: 60) }
                    try cluster.run("start", name)
                    try await cluster.becomeHealthy()
                }
                ledger.end()
                try await group.waitForAll()
            }
            try await expect(ledger, ids, in: store)
            try await store.close()
            // Every server says the same once it has caught up.
            for place in cluster.address.hosts.indices {
                var address = cluster.address
                address.hosts = [address.hosts[place]]
                let one = try await ClickHouseTelemetry(address)
                try await expect(ledger, ids, in: one)
                try await one.close()
            }
        }
    }

    /// Batches of every series, each sent twice; refused ones are sent again until they are taken.
    private func write(_ writer: Int, _ ids: [SeriesID], to store: ClickHouseTelemetry, _ ledger: Ledger) async throws {
        var round = 0
        while !ledger.isOver {
            let times = (0..<10).map { at(1, 0, 0, Int64(round * 10 + $0)).milliseconds + Int64(writer) }
            let batch = ids.flatMap { id in times.map { Reading(id, at: Timestamp(milliseconds: $0), .number(Double(round))) } }
            for _ in 0..<2 { try await send(batch, to: store) }
            ledger.note(times)
            round += 1
        }
    }

    private func send(_ batch: [Reading], to store: ClickHouseTelemetry) async throws {
        while true {
            do { return try await store.append(batch) } catch let error as TelemetryError
                where [.unreachable, .overloaded].contains(error.code)
            {
            }
        }
    }

    private func expect(_ ledger: Ledger, _ ids: [SeriesID], in store: ClickHouseTelemetry) async throws {
        let times = ledger.times
        let theirs = try await store.series(of: nil).map(\.id)
        #expect(theirs.count == ids.count && times.count > 1_000)
        for id in theirs {
            let kept = try await store.all(id).map(\.time.milliseconds)
            #expect(Set(times).isSubset(of: kept), "a reading that was acknowledged is missing")
            #expect(Set(kept).count == kept.count, "a reading came back twice")
            let counted = try await store.statistics(of: id, in: at(1)..<at(30), every: .day).reduce(0) { $0 + $1.count }
            #expect(counted == kept.count, "a reading counts twice")
        }
    }
}

/// What was acknowledged.
private final class Ledger: Sendable {
    private let state = Mutex((times: [Int64](), isOver: false))

    var times: [Int64] { state.withLock(\.times) }
    var isOver: Bool { state.withLock(\.isOver) }

    func note(_ times: [Int64]) { state.withLock { $0.times += times } }
    func end() { state.withLock { $0.isOver = true } }

    /// Waits until so many more batches were acknowledged.
    func wait(forMore batches: Int) async throws {
        let enough = times.count + batches * 10
        while times.count < enough { try await Task.sleep(for: .milliseconds(10)) }
    }
}

/// Four servers and ZooKeeper, as `scripts/city-cluster` starts them.
struct TestCluster {
    let folder: String
    let address: ClickHouseAddress

    private static let script = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/city-cluster").path

    static var isInstalled: Bool {
        ClickHouseServer.program != nil && FileManager.default.fileExists(atPath: "/usr/share/java/zookeeper.jar")
    }

    static func with(_ body: (TestCluster) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "lares-cluster-" + UUID().uuidString
        defer {
            _ = try? run(["down", folder])
            try? FileManager.default.removeItem(atPath: folder)
        }
        let said = try run(["up", folder])
        try await body(TestCluster(folder: folder, address: try ClickHouseAddress(url: String(said.split(separator: "\n").first ?? ""))))
    }

    func run(_ action: String, _ name: String) throws { _ = try Self.run([action, name, folder]) }

    func becomeHealthy() async throws { _ = try Self.run(["up", folder]) }

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: script)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["CITY_PARTS": "clickhouse"]) { $1 }
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: said, as: UTF8.self)
    }
}
