import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresServer
import LaresServing
import LaresStore
import LaresThings
import Logging
import NIOCore
import Testing

/// Points over HTTP; answers fit what `openapi.json` says of them.
struct IngestRoutesTests {
    private func complaints(_ value: JSON, _ schema: String) throws -> [String] {
        let document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
        return SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    private func withIngest(
        needsKey: Bool = false, _ test: @Sendable (any TestClientProtocol, MemoryTelemetry, KeyStore) async throws -> Void
    ) async throws {
        let home = try scratchHome(), store = MemoryTelemetry()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let keys = try KeyStore(home: home)
        var settings = ServerSettings()
        settings.needsKey = needsKey
        var city = CityServices()
        city.ingest = try await Ingest(into: store, home: home)
        let server = LaresServer(
            client: FixedModelClient(), settings: settings, keys: keys, city: city,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.application().test(.live) { try await test($0, store, keys) }
    }

    private func send(
        _ client: any TestClientProtocol, _ body: String, _ query: String = "?precision=ms", type: String = "text/plain",
        key: String? = nil,
        to path: String = "/lares/v1/ingest"
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: type]
        if let key { headers[.authorization] = "Token \(key)" }
        return try await client.executeRequest(uri: path + query, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    private func put(_ client: any TestClientProtocol, _ tenant: String, _ body: String, key: String? = nil) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let key { headers[.authorization] = "Bearer \(key)" }
        return try await client.executeRequest(
            uri: "/lares/v1/ingest/tenants/\(tenant)", method: .put, headers: headers, body: ByteBuffer(string: body))
    }

    @Test func everyFormatIsTakenAndTheAnswerTellsWhatBecameOfIt() async throws {
        try await withIngest { client, store, _ in
            let line = try await send(client, "air,station=7 no2=1,o3=2 1000\nair,station=7 no2=oops 2000\n")
            #expect(try line.status == .ok && complaints(line.json(), "IngestAnswer") == [])
            #expect(try line.json()["stored"] == 2 && line.json()["dead_letters"] == 1)
            #expect(try line.json()["reasons"]?.elements?.first?["line"] == 2)
            let jsonl = try await send(
                client, #"{"thing":"hall","property":"t","value":1,"time":1}"#, "", type: "application/x-ndjson; charset=utf-8")
            let csv = try await send(client, "time,thing,property,value\n1,hall,u,2\n", "", type: "text/csv")
            let again = try await send(
                client, "time,thing,property,value\n1,hall,u,2\n", "?format=csv", type: "application/x-www-form-urlencoded")
            #expect(try jsonl.json()["stored"] == 1 && csv.json()["stored"] == 1 && again.json()["duplicates"] == 1)
            #expect(
                try await store.series(of: nil).map(\.key.description) == ["air,station=7/no2", "air,station=7/o3", "hall/t", "hall/u"])
            let status = try await client.get("/lares/v1/ingest").json()
            #expect(try complaints(status, "IngestStatus") == [] && status["tenants"]?.elements?.first?["stored"] == 4)
        }
    }

    @Test(arguments: [
        ("air", "?precision=ms", "text/plain", 400, nil), ("a b=1", "?precision=days", "text/plain", 400, "invalid_value"),
        ("a b=1", "?format=xml", "text/plain", 400, "invalid_value"), ("a b=1", "", "image/png", 415, "unsupported_media_type"),
        ("a,b\n1,2", "", "text/csv", 400, "bad_request"), ("a b=1", "?tenant=nobody", "text/plain", 404, "unknown_tenant"),
    ])
    func whatCannotBeTakenIsToldWhy(_ body: String, _ query: String, _ type: String, _ status: Int, _ code: String?) async throws {
        try await withIngest { client, _, _ in
            let answer = try await send(client, body, query, type: type)
            #expect(answer.status.code == status && answer.error("code") == code)
        }
    }

    @Test func packedBodiesAreUnpacked() async throws {
        try await withIngest { client, _, _ in
            let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACA0vMLFLIyzeyNVQwNDAw4EqEco0UjJC5xgrGIC4AApSw4y0AAAA="))
            let headers: HTTPFields = [.contentType: "text/plain", .contentEncoding: "gzip"]
            for (bytes, status) in [(packed, 200), (packed.dropLast(6), 400), (packed + [1], 400), (Data("air a=1".utf8), 400)] {
                let answer = try await client.executeRequest(
                    uri: "/lares/v1/ingest?precision=ms", method: .post, headers: headers, body: ByteBuffer(bytes: bytes))
                #expect(answer.status.code == status, "\(answer.text)")
            }
        }
    }

    @Test func aLongBodyIsReadWhileItArrives() async throws {
        try await withIngest { client, _, _ in
            // More than any other body may have.
            let text = (0..<250_000).map { "air,station=\($0 % 500),district=north no2=\($0),note=\"some text to make it long\" \($0)" }
            let body = text.joined(separator: "\n")
            #expect(body.utf8.count > 16 << 20)
            let answer = try await send(client, body)
            #expect(try answer.json()["stored"] == 500_000)
        }
    }

    @Test func clientsOfInfluxDBWriteHere() async throws {
        try await withIngest { client, store, _ in
            _ = try await put(client, "north", "{}")
            #expect(try await send(client, "cpu,host=a use=1 1000000", "?db=telegraf", to: "/write").status == .noContent)
            #expect(
                try await send(client, "cpu,host=a use=2 2", "?org=x&bucket=north&precision=ms", to: "/api/v2/write").status == .noContent)
            #expect(try await store.series(of: nil).map(\.key.thing) == ["cpu,host=a", "@north/cpu,host=a"])
            let first = try await send(client, "cpu use=1\ncpu use=\n", "", to: "/write")
            #expect(try first.status == .badRequest && first.json()["error"]?.text?.hasPrefix("partial write: line 2") == true)
            let second = try await send(client, "cpu use=1\ncpu use=\n", "", to: "/api/v2/write")
            #expect(try second.status == .badRequest && second.json()["code"] == "invalid")
            #expect(try await client.get("/ping").status == .noContent)
        }
    }

    @Test func aKeyWritesAndSeesItsTenantOnly() async throws {
        try await withIngest(needsKey: true) { client, store, keys in
            let (owner, north, viewer) = (
                try keys.make(name: "owner", admin: true), try keys.make(name: "north"), try keys.make(name: "viewer")
            )
            let made = try await put(client, "north", #"{"keys":["\#(north.key.id)"],"points_per_second":100000}"#, key: owner.secret)
            #expect(try made.status == .ok && complaints(made.json(), "Tenant") == [])
            #expect(try await put(client, "south", "{}", key: north.secret).status == .forbidden)
            #expect(try await send(client, "air no2=1 1\nair no2= 2", key: north.secret).status == .ok)
            #expect(try await send(client, "air no2=1 1", "?precision=ms&tenant=own", key: north.secret).status == .forbidden)
            #expect(try await send(client, "air no2=1 1", key: viewer.secret).status == .forbidden)
            #expect(try await send(client, "air no2=1 1", key: viewer.secret, to: "/write").status == .forbidden)
            #expect(try await store.series(of: nil).map(\.key.thing) == ["@north/air"])
            let headers: HTTPFields = [.authorization: "Bearer \(north.secret)"]
            let status = try await client.get("/lares/v1/ingest", headers: headers).json()
            #expect(status["tenants"]?.elements?.map { $0["tenant"]?.text } == ["north"])
            let letters = try await client.get("/lares/v1/deadletters", headers: headers)
            #expect(try letters.json()["letters"]?.elements?.count == 1)
            #expect(try await client.get("/lares/v1/deadletters?tenant=own", headers: headers).status == .forbidden)
            #expect(
                try await client.get("/lares/v1/deadletters", headers: [.authorization: "Bearer \(viewer.secret)"]).status == .forbidden)
        }
    }

    @Test func deadLettersAreShownMendedTriedAgainAndRemoved() async throws {
        try await withIngest { client, store, _ in
            _ = try await send(client, "air no2=1x 1000\nair no2=\"a\" 2000\n")
            let list = try await client.get("/lares/v1/deadletters").json()
            let letters = try #require(list["letters"]?.elements)
            #expect(letters.count == 1 && letters[0]["lines"] == 1 && list["lines"] == 1)
            #expect(try complaints(letters[0], "DeadLetter") == [] && letters[0]["text"] == "air no2=1x 1000")
            let id = try #require(letters[0]["id"]?.number.map { Int($0) })
            let failed = try await send(client, "", "", to: "/lares/v1/deadletters/\(id)/replay")
            #expect(try failed.json()["dead_letters"] == 1)
            let next = try #require(try await client.get("/lares/v1/deadletters?reason=bad_value").json()["letters"]?.elements?.first)
            #expect(next["tries"] == 1)
            let nextID = try #require(next["id"]?.number.map { Int($0) })
            let mended = try await send(client, "air no3=1 1000", "", to: "/lares/v1/deadletters/\(nextID)/replay")
            #expect(try mended.json()["stored"] == 1 && complaints(mended.json(), "IngestAnswer") == [])
            #expect(try await client.get("/lares/v1/deadletters/\(nextID)").status == .notFound)
            _ = try await send(client, "bad\nworse x=\n")
            let tried = try await send(client, "", "?reason=bad_line", to: "/lares/v1/deadletters/replay")
            #expect(try tried.json()["dead_letters"] == 2 && tried.json()["letters"] == 1)
            let removed = try await client.executeRequest(uri: "/lares/v1/deadletters", method: .delete, headers: [:], body: nil)
            #expect(try removed.json()["removed"] == 1)
            #expect(try await client.get("/lares/v1/deadletters?limit=0").status == .badRequest)
            #expect(try await store.series(of: nil).map(\.key.property) == ["no2", "no3"])
        }
    }
}
