import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresServer
import LaresStore
import Testing

struct KeyTests {
    private func withKeys(_ test: @Sendable (any TestClientProtocol, KeyStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = try KeyStore(home: LaresHome(path: folder.path))
        var settings = ServerSettings()
        settings.needsKey = true
        try await withServer(settings: settings, keys: keys) { try await test($0, keys) }
    }

    @Test func withoutAKeyOnlyTheOpenPathsAnswer() async throws {
        try await withKeys { client, _ in
            for path in ["/health", "/ready", "/openapi.json"] { #expect(try await client.get(path).status == .ok) }
            for path in ["/v1/models", "/metrics", "/lares/v1/status", "/lares/v1/keys", "/nothing", "/health/../v1/models"] {
                let response = try await client.get(path)
                #expect(response.status == .unauthorized && response.error("code") == "missing_api_key", "\(path)")
                #expect(response.headers[.wwwAuthenticate] == "Bearer")
            }
            #expect(try await client.post("/v1/chat/completions", chatBody).status == .unauthorized)
        }
    }

    @Test func aKeyOpensAndARevokedOneDoesNot() async throws {
        try await withKeys { client, keys in
            let secret = try keys.make(name: "phone").secret
            let headers: HTTPFields = [.authorization: "Bearer \(secret)"]
            #expect(try await client.post("/v1/chat/completions", chatBody, headers: headers).status == .ok)
            #expect(try await client.get("/v1/models", headers: [.cookie: "lares_key=\(secret)"]).status == .ok)
            _ = try keys.revoke("phone")
            let refused = try await client.get("/v1/models", headers: headers)
            #expect(refused.status == .unauthorized && refused.error("code") == "invalid_api_key")
        }
    }

    @Test(arguments: ["Bearer", "Bearer ", "Basic eDp4", "Bearer lares_0", "bearer x y"])
    func aWrongHeaderIsRefused(header: String) async throws {
        try await withKeys { client, _ in
            let response = try await client.get("/v1/models", headers: [.authorization: header])
            #expect(response.status == .unauthorized)
        }
    }

    @Test func keysAreMadeListedAndRevokedOverTheAPI() async throws {
        try await withKeys { client, keys in
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "first").secret)"]
            let made = try await client.post("/lares/v1/keys", #"{"name":"second","expires_in_days":1}"#, headers: headers)
            let secret = try made.json()["secret"]?.text ?? ""
            #expect(made.status == .created && secret.hasPrefix("lares_"))
            let list = try await client.get("/lares/v1/keys", headers: headers)
            #expect(try list.json()["keys"]?.elements?.compactMap { $0["name"]?.text } == ["first", "second"])
            #expect(!list.text.contains(secret))
            #expect(try await client.post("/lares/v1/keys", #"{"name":"second"}"#, headers: headers).status == .badRequest)
            let gone = try await client.executeRequest(uri: "/lares/v1/keys/second", method: .delete, headers: headers, body: nil)
            #expect(gone.status == .ok)
            #expect(try await client.get("/v1/models", headers: [.authorization: "Bearer \(secret)"]).status == .unauthorized)
        }
    }
}
