import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresServer
import LaresServing
import LaresStandards
import Logging
import NIOCore
import Testing

/// SensorThings over HTTP: what a request means is tested with `SensorThingsAPI`; here is the way to it.
struct SensorThingsRoutesTests {
    private static func withService(
        _ settings: ServerSettings = ServerSettings(), _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var city = CityServices()
        city.observations = SensorThingsAPI(store: try SensorThingsStore(home: scratchHome()))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = LaresServer(client: FixedModelClient(), settings: settings, city: city, logger: logger)
        try await server.application().test(.live, test)
    }

    @Test func entitiesAreCreatedAndFoundWhereTheirLinksSay() async throws {
        try await Self.withService { client in
            let created = try await client.post("/sta/v1.1/Things", #"{"name": "x", "description": "a thing"}"#)
            #expect(created.status == .created)
            let link = try #require(created.headers[.location])
            #expect(link.hasPrefix("http://") && link.hasSuffix("/sta/v1.1/Things(1)"))
            for path in ["/sta/v1.1/Things(1)", "/sta/v1.1/Things%281%29", "/sta/v1.1/Things(1)?$select=id,name"] {
                let answer = try await client.get(path)
                #expect(answer.status == .ok, "\(path)")
                #expect(try answer.json()["@iot.id"] == 1, "\(path)")
            }
            #expect(try await client.get("/sta/v1.1/Things(1)/name/$value").text == "x")
            #expect(try await client.get("/sta/v1.1/Things(1)/Datastreams/$ref").status == .ok)
            let filtered = try await client.get("/sta/v1.1/Things?$filter=name%20eq%20'x'&$count=true")
            #expect(try filtered.json()["@iot.count"] == 1)
            #expect(try await client.get("/sta/v1.1").json()["value"]?.elements?.count == 9)
            let patched = try await client.executeRequest(
                uri: "/sta/v1.1/Things(1)", method: .patch, headers: [.contentType: "application/json-patch+json"],
                body: ByteBuffer(string: #"[{"op": "replace", "path": "/name", "value": "y"}]"#))
            #expect(try patched.json()["name"] == "y")
            #expect(try await client.executeRequest(uri: "/sta/v1.1/Things(1)", method: .delete, headers: [:], body: nil).status == .ok)
            #expect(try await client.get("/sta/v1.1/Things(1)").status == .notFound)
        }
    }

    @Test func bodiesAreBoundedAndFaultsAreSaid() async throws {
        var settings = ServerSettings()
        settings.bodyLimit = 1_000
        try await Self.withService(settings) { client in
            let large = try await client.post("/sta/v1.1/Things", "{\"name\": \"\(String(repeating: "x", count: 2_000))\"}")
            #expect(large.status == .contentTooLarge)
            let wrong = try await client.get("/sta/v1.1/Things?$filter=name%20eqq%20'x'")
            #expect(wrong.status == .badRequest)
            #expect(try wrong.json()["message"]?.text?.contains("character 6") == true)
            #expect(try await client.post("/sta/v1.1", "{}").status == .methodNotAllowed)
            #expect(try await client.post("/sta/v1.1/Things", "{}", headers: [.contentType: "text/plain"]).status == .unsupportedMediaType)
        }
    }

    @Test(arguments: ["/sta/v1.1", "/sta/v1.1/Things", "/sta/v1.1/Things(1)/Datastreams(2)/Observations"])
    func withoutAServiceNothingIsThere(_ path: String) async throws {
        try await withServer { client in
            let answer = try await client.get(path)
            #expect(answer.status == .notFound && answer.error("code") == "no_sensor_things")
        }
    }
}
