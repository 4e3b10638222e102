import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import LaresServing
import LaresStore
import Logging
import NIOCore

/// A whole server on a free port, with the in-memory twin behind it.
func withServer(
    _ models: FixedModelClient = FixedModelClient(), settings: ServerSettings = ServerSettings(), keys: KeyStore? = nil,
    store: ModelStore? = nil, audit: AuditLog? = nil, _ test: @Sendable (any TestClientProtocol) async throws -> Void
) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = LaresServer(client: models, settings: settings, keys: keys, store: store, audit: audit, logger: logger)
    try await server.application().test(.live, test)
}

/// A fresh data directory, which the system cleans up.
func scratchHome() throws -> LaresHome {
    try LaresHome(path: FileManager.default.temporaryDirectory.appending(path: "lares-server-\(UUID().uuidString)").path)
}

/// A store without models.
func scratchStore() throws -> ModelStore { try ModelStore(home: scratchHome()) }

extension TestClientProtocol {
    /// Posts a JSON text.
    func post(_ path: String, _ body: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await executeRequest(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await executeRequest(uri: path, method: .get, headers: headers, body: nil)
    }
}

extension TestResponse {
    /// The body as JSON.
    func json() throws -> JSON { try JSON(parsing: Array(body.readableBytesView), maximumDepth: 200) }

    var text: String { String(buffer: body) }

    /// A member of the error object.
    func error(_ key: String) -> String? { (try? json())?["error"]?[key]?.text }

    /// The JSON of each server-sent event, the closing mark left out.
    func events() throws -> [JSON] {
        try text.split(separator: "\n\n").map { $0.dropFirst("data: ".count) }.filter { $0 != "[DONE]" }.map {
            try JSON(parsing: Array($0.utf8))
        }
    }
}

let chatBody = #"{"model":"fixed","messages":[{"role":"user","content":"hi there"}]}"#
