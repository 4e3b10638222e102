import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import LaresServing
import LaresStore
import Testing

struct KeyTests {
    private func withKeys(
        store: ModelStore? = nil, audit: AuditLog? = nil, needsKey: Bool = true,
        _ test: @Sendable (any TestClientProtocol, KeyStore) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let keys = try KeyStore(home: LaresHome(path: folder.path))
        var settings = ServerSettings()
        settings.needsKey = needsKey
        try await withServer(settings: settings, keys: keys, store: store, audit: audit) { try await test($0, keys) }
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
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "first", admin: true).secret)"]
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

    @Test func aKeyThatWasNotMadeForItAdministersNothing() async throws {
        try await withKeys(store: scratchStore()) { client, keys in
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "phone").secret)"]
            #expect(try await client.post("/v1/chat/completions", chatBody, headers: headers).status == .ok)
            let refused = [
                try await client.get("/lares/v1/keys", headers: headers),
                try await client.post("/lares/v1/keys", #"{"name":"mine","admin":true}"#, headers: headers),
                try await client.post("/lares/v1/models", #"{"source":"smollm2"}"#, headers: headers),
                try await client.executeRequest(uri: "/lares/v1/models/fixed", method: .delete, headers: headers, body: nil),
                try await client.executeRequest(uri: "/lares/v1/keys/phone", method: .delete, headers: headers, body: nil),
            ]
            for response in refused {
                #expect(response.status == .forbidden && response.error("code") == "not_allowed")
                #expect(response.error("message")?.contains("--admin") == true)
            }
        }
    }

    @Test func anAdministratorMakesAnother() async throws {
        try await withKeys { client, keys in
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "owner", admin: true).secret)"]
            let plain = try await client.post("/lares/v1/keys", #"{"name":"phone"}"#, headers: headers).json()
            let admin = try await client.post("/lares/v1/keys", #"{"name":"deputy","admin":true}"#, headers: headers).json()
            #expect(plain["key"]?["admin"] == false && admin["key"]?["admin"] == true)
            let theirs: HTTPFields = [.authorization: "Bearer \(admin["secret"]?.text ?? "")"]
            #expect(try await client.get("/lares/v1/keys", headers: theirs).status == .ok)
        }
    }

    @Test func filesOfThisMachineAreNamedFromThisMachineOnly() async throws {
        try await withKeys(store: scratchStore()) { client, keys in
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "owner", admin: true).secret)"]
            for source in ["/etc/passwd", "path:model.gguf", "~/model.gguf"] {
                let response = try await client.post("/lares/v1/models", #"{"source":"\#(source)"}"#, headers: headers)
                #expect(response.status == .forbidden && response.error("param") == "source")
            }
        }
        try await withKeys(store: scratchStore(), needsKey: false) { client, keys in
            #expect(try await client.post("/lares/v1/models", #"{"source":"/nowhere/model.gguf"}"#).status == .ok)
            // Not even by a key whose name looks like this machine.
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "owner", admin: true).secret)"]
            #expect(try await client.post("/lares/v1/models", #"{"source":"/nowhere/model.gguf"}"#, headers: headers).status == .forbidden)
        }
    }

    @Test func whatAdministratorsDoIsWrittenDown() async throws {
        let audit = try AuditLog(home: scratchHome())
        try await withKeys(audit: audit) { client, keys in
            let headers: HTTPFields = [.authorization: "Bearer \(try keys.make(name: "owner", admin: true).secret)"]
            _ = try await client.post("/lares/v1/keys", #"{"name":"phone"}"#, headers: headers)
            _ = try await client.post("/lares/v1/keys", #"{"name":"phone"}"#, headers: headers)
            _ = try await client.executeRequest(uri: "/lares/v1/keys/phone", method: .delete, headers: headers, body: nil)
        }
        let entries = try audit.entries()
        #expect(entries.map(\.act) == [.keyRevoked, .keyMade] && entries.allSatisfy { $0.actor == "owner" && $0.subject == "phone" })
    }

    @Test func aPersonWhoseKeyWasRevokedIsAskedToSignInAgain() async throws {
        try await withKeys { client, keys in
            let secret = try keys.make(name: "tablet").secret
            let headers: HTTPFields = [.cookie: "lares_key=\(secret)", .accept: "text/html"]
            #expect(try await client.get("/models", headers: headers).status == .ok)
            _ = try keys.revoke("tablet")
            let sent = try await client.get("/models/a?b=c", headers: headers)
            #expect(sent.status == .seeOther && sent.headers[.location] == "/sign-in?back=%2Fmodels%2Fa%3Fb%3Dc")
            #expect(sent.headers[.setCookie]?.hasPrefix("lares_key=;") == true && sent.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await client.post("/sign-out", "", headers: headers).headers[.location] == "/sign-in")
            // Programs get the error.
            let program = try await client.get("/models", headers: [.authorization: "Bearer \(secret)", .accept: "text/html"])
            #expect(program.status == .unauthorized && program.error("code") == "invalid_api_key")
        }
    }
}
