import Foundation
import LaresThings
import Synchronization

/// A ClickHouse server of the tests' own, where one is installed; or the one that `LARES_TEST_CLICKHOUSE` names by its URL. It starts with the
/// first test that needs it and goes with the process.
final class ClickHouseServer: Sendable {
    /// The server; nil where none is installed.
    static let shared = try? ClickHouseServer()

    private static let named = ProcessInfo.processInfo.environment["LARES_TEST_CLICKHOUSE"].flatMap { try? ClickHouseAddress(url: $0) }

    /// Whether it is one that others started, and that may not ask for passwords.
    static var isNamed: Bool { named != nil }

    /// Whether there is one.
    static var isThere: Bool { named != nil || program != nil }

    static let program = ["/usr/bin/clickhouse-server", "/usr/sbin/clickhouse-server", "/usr/local/bin/clickhouse-server"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let address: ClickHouseAddress
    // The server is told that the process is gone by the end of this pipe, however it ends.
    private let lifeline = Pipe()
    private let counter = Mutex(0)

    private init() throws {
        if let named = Self.named {
            address = named
            return
        }
        guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
        let port = try FreePort.any()
        address = try ClickHouseAddress(hosts: [.init(name: "127.0.0.1", port: port)])
        let folder = NSTemporaryDirectory() + "lares-clickhouse-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        try Self.settings(folder, port).write(toFile: folder + "/config.xml", atomically: true, encoding: .utf8)
        try Self.users.write(toFile: folder + "/users.xml", atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c",
            "\"$0\" --config-file=\"$1/config.xml\" </dev/null >\"$1/output\" 2>&1 & server=$!; cat; kill -9 $server; wait; rm -rf \"$1\"",
            program, folder,
        ]
        process.standardInput = lifeline
        try process.run()
    }

    /// A database that nobody used yet.
    func database() throws -> ClickHouseAddress {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        var address = address
        address.database = "test_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        return address
    }

    private static func settings(_ folder: String, _ port: Int) -> String {
        """
        <yandex><logger><level>warning</level><log>\(folder)/log</log><errorlog>\(folder)/errors</errorlog></logger>
        <http_port>\(port)</http_port><listen_host>127.0.0.1</listen_host><max_connections>200</max_connections>
        <keep_alive_timeout>10</keep_alive_timeout><max_concurrent_queries>100</max_concurrent_queries>
        <uncompressed_cache_size>0</uncompressed_cache_size><mark_cache_size>100000000</mark_cache_size>
        <path>\(folder)/data/</path><tmp_path>\(folder)/data/tmp/</tmp_path><users_config>\(folder)/users.xml</users_config>
        <default_profile>default</default_profile><default_database>default</default_database><timezone>UTC</timezone>
        <mlock_executable>false</mlock_executable></yandex>
        """
    }

    private static let users = """
        <yandex><profiles><default></default></profiles><quotas><default></default></quotas><users>
        <default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
        <other><password>p:w&amp;d</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></other>
        </users></yandex>
        """
}
