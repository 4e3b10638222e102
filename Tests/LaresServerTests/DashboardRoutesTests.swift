import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresServer
import LaresServing
import LaresStore
import LaresThings
import Logging
import NIOCore
import Testing

/// Dashboards over HTTP; answers fit what `openapi.json` says of them.
struct DashboardRoutesTests {
    private struct Place {
        let client: any TestClientProtocol
        let owner: String, resident: String, other: String

        func ask(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, as key: String? = nil) async throws -> TestResponse {
            var headers: HTTPFields = [.contentType: "application/json", .authorization: "Bearer \(key ?? owner)"]
            if body == nil { headers[.contentType] = nil }
            return try await client.executeRequest(
                uri: "/lares/v1/dashboards" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    private func complaints(_ value: JSON, _ schema: String) throws -> [String] {
        let document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
        return SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    private func withPlace(_ test: @Sendable (Place) async throws -> Void) async throws {
        let home = try scratchHome()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let keys = try KeyStore(home: home)
        let made = try ["anna", "berta", "carl"].enumerated().map { place, name in
            "\(try keys.make(name: name, role: place == 0 ? .owner : .resident).secret)"
        }
        let services = try await HomeServices(in: home, broker: .other(BrokerAddress(host: "127.0.0.1", port: 9)))
        let now = Timestamp(Date()).milliseconds
        let names = (0..<3).map { SeriesDeclaration(SeriesKey(thing: "air,station=\($0)", property: "no2"), .measurement) }
        let ids = try await services.telemetry.declare(names)
        try await services.telemetry.append(
            ids.flatMap { id in (1...5_000).map { Reading(id, at: Timestamp(milliseconds: now - Int64($0) * 10_000), .number(Double($0))) }
            })
        var settings = ServerSettings()
        settings.needsKey = true
        var city = CityServices()
        city.dashboards = try DashboardStore(home: home)
        let server = LaresServer(
            client: FixedModelClient(), settings: settings, keys: keys, home: services, city: city,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.application().test(.live) { client in
            try await test(Place(client: client, owner: made[0], resident: made[1], other: made[2]))
        }
        try await services.telemetry.close()
    }

    private static let air = """
        {"title": "Air", "panels": [{"kind": "chart", "title": "NO2", "series": ["air,station=0/no2", "air,station=1/no2"]},
        {"kind": "latest", "series": ["air,station=2/no2"]}, {"kind": "alarms"}]}
        """

    @Test func oneIsMadeChangedShownAndRemoved() async throws {
        try await withPlace { place in
            let made = try await place.ask(.post, "", Self.air)
            let board = try made.json()
            #expect(try made.status == .created && complaints(board, "Dashboard") == [])
            #expect(board["owner"] == "anna" && board["panels"]?.elements?.map { $0["number"] } == [1, 2, 3])
            let list = try await place.ask(.get, "").json()
            #expect(try complaints(list, "DashboardList") == [] && list["dashboards"]?.elements == [board])
            let data = try await place.ask(.get, "/1/data?width=50").json()
            #expect(try complaints(data, "DashboardData") == [])
            let charts = data["panels"]?.elements?.first?["series"]?.elements ?? []
            #expect(charts.count == 2 && charts.allSatisfy { (2...50).contains($0["buckets"]?.elements?.count ?? 0) })
            #expect(data["panels"]?.elements?[1]["series"]?.elements?.first?["latest"]?["value"]?.number == 1)
            #expect(
                try await place.ask(.put, "/1", #"{"title": "Other", "panels": [{"number": 2, "kind": "latest"}]}"#).json()["title"]
                    == "Other")
            #expect(try await place.ask(.delete, "/1").status == .ok)
            #expect(try await place.ask(.get, "/1").status == .notFound)
            #expect(try await place.ask(.get, "/1/data").status == .notFound)
        }
    }

    @Test func othersSeeWhatIsSharedAndOfItWhatTheyMay() async throws {
        try await withPlace { place in
            _ = try await place.ask(.post, "", Self.air)
            // Points in bulk are an administrator's.
            let seen = try await place.ask(.get, "/1", as: place.resident).json()
            #expect(seen["panels"]?.elements?.first?["series"] == [] && seen["panels"]?.elements?.first?["hidden"] == 2)
            #expect(try await place.ask(.get, "/1/data", as: place.resident).json()["panels"]?.elements?.first?["series"] == [])
            #expect(try await place.ask(.delete, "/1", as: place.resident).status == .forbidden)
            _ = try await place.ask(.post, "", #"{"title": "Mine", "shared": false}"#, as: place.resident)
            #expect(try await place.ask(.get, "/2", as: place.other).status == .notFound)
            #expect(try await place.ask(.get, "/2").status == .ok)
            #expect(try await place.ask(.put, "/2", #"{"title": "Ours"}"#, as: place.resident).status == .ok)
        }
    }

    @Test(arguments: [
        "[]", "{}", #"{"title": ""}"#, #"{"title": "x", "other": 1}"#, #"{"title": "x", "panels": [{"kind": "pie"}]}"#,
        #"{"title": "x", "panels": [{}]}"#, #"{"title": "x", "panels": [{"kind": "chart", "series": ["a"]}]}"#,
        #"{"title": "x", "panels": [{"kind": "chart", "series": ["a/b", "a/b"]}]}"#,
        #"{"title": "x", "panels": [{"kind": "chart", "number": 1}, {"kind": "chart", "number": 1}]}"#,
        #"{"title": "x", "panels": [{"kind": "chart", "span": "century"}]}"#, #"{"title": "x", "panels": 1}"#,
    ])
    func whatIsNoDashboardIsRefused(_ body: String) async throws {
        try await withPlace { place in
            let answer = try await place.ask(.post, "", body)
            #expect(answer.status == .badRequest)
            #expect(try await place.ask(.get, "").json()["dashboards"] == [])
        }
    }
}
