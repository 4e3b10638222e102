import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresNeural
import LaresServer
import LaresServing
import LaresStore
import Logging
import NIOCore

/// What a server with networks and trainings is made of.
struct Learning: Sendable {
    let home: LaresHome
    let networks: NetworkServing
    let jobs: TrainingJobs
    let audit: AuditLog

    /// Publishes a network of flowers: two measures and a colour in, a kind and its probabilities out.
    @discardableResult
    func publishFlowers(as name: String = "flowers", seed: UInt64 = 1, card: ModelCard = ModelCard(), job: String? = nil) throws -> Int {
        try publish(Self.flowers, as: name, seed: seed, card: card, job: job)
    }

    @discardableResult
    func publish(_ plan: JSON, as name: String, seed: UInt64 = 1, card: ModelCard = ModelCard(), job: String? = nil) throws -> Int {
        let path = home.file("network-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Network(NetworkPlan(plan), seed: seed).write(to: path)
        let lineage = Lineage(job: job, dataHash: job.map { _ in String(repeating: "d", count: 64) })
        return try networks.registry.publish(path, as: name, card: card, lineage: lineage).number
    }

    /// What was written down, oldest first.
    func acts() throws -> [String] { try audit.entries().reversed().map { "\($0.act) \($0.subject)" } }

    static let flowers: JSON = [
        "inputs": [["name": "size", "type": "FP32", "shape": [-1, 2]], ["name": "colour", "type": "BYTES", "shape": [-1, 1]]],
        "steps": [
            ["name": "standard", "layer": "standardise", "from": "size", "mean": [5, 0.5], "deviation": [1, 0.1]],
            ["name": "hue", "layer": "one_hot", "from": "colour", "categories": ["red", "deep <blue>"]],
            ["name": "all", "layer": "concatenate", "from": ["standard", "hue"]], ["name": "logits", "layer": "linear", "outputs": 3],
            ["name": "probabilities", "layer": "softmax"],
            ["name": "kind", "layer": "label", "from": "logits", "labels": ["rose", "iris", "viola"]],
        ],
        "outputs": [["name": "kind"], ["name": "probabilities"]],
    ]
}

/// A whole server with networks that compute and trainings whose child is a script.
func withLearning(
    child lines: String = "exit 1", keys: Bool = false, settings: ServerSettings = ServerSettings(),
    _ test: @Sendable (any TestClientProtocol, Learning) async throws -> Void
) async throws {
    let home = try scratchHome(), logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    defer { try? FileManager.default.removeItem(atPath: home.path) }
    let program = home.file("program.sh")
    try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: URL(fileURLWithPath: program))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let serving = Serving(store: try ModelStore(home: home), settings: ServingSettings(), logger: logger)
    let learning = Learning(
        home: home, networks: serving.networks,
        jobs: try TrainingJobs(
            home: home, executable: program, patience: .milliseconds(200), logger: logger, publish: serving.networks.publishing),
        audit: try AuditLog(home: home))
    let server = LaresServer(
        client: FixedModelClient(), settings: settings, keys: keys ? try KeyStore(home: home) : nil, networks: serving.networks,
        audit: learning.audit, jobs: learning.jobs, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serving.run() }
        group.addTask { try await learning.jobs.run() }
        defer { group.cancelAll() }
        try await server.application().test(.live) { client in try await test(client, learning) }
        serving.stop()
    }
}

extension TestClientProtocol {
    /// Posts a form as a page of this server does.
    func form(_ path: String, _ fields: KeyValuePairs<String, String> = [:], headers: HTTPFields = [:]) async throws -> TestResponse {
        func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = fields.map { escaped($0) + "=" + escaped($1) }.joined(separator: "&")
        return try await executeRequest(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    /// Posts a form that carries a file.
    func upload(_ path: String, _ text: String, named name: String = "flowers.csv") async throws -> TestResponse {
        let body = "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"\(name)\"\r\n\r\n\(text)\r\n--b--\r\n"
        return try await executeRequest(
            uri: path, method: .post, headers: [.contentType: "multipart/form-data; boundary=b"], body: ByteBuffer(string: body))
    }

    /// Asks until a page says what is waited for.
    func wait(for text: String, at path: String) async throws -> String {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let page = try await get(path).text
            if page.contains(text) { return page }
            await Task.yield()
        }
        return try await get(path).text
    }
}
