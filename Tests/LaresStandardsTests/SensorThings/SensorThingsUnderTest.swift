import Foundation
import LaresJSON
import LaresStandards
import LaresStore
import LaresThings
import Testing

/// A SensorThings service on a data directory of its own, asked as a client would.
final class SensorThingsUnderTest: Sendable {
    static let root = "http://test/sta/v1.1"

    let api: SensorThingsAPI
    let telemetry: MemoryTelemetry
    let ingest: Ingest
    let clock = FixedClock(Date(timeIntervalSince1970: 1_800_000_000))
    private let folder: String
    private let isGuest: Bool

    /// - Parameters:
    ///   - home: The things that are shown as well.
    ///   - position: Where they are.
    ///   - limits: How much telemetry takes.
    ///   - other: Whose data directory it is; nil: one of its own.
    init(
        home: (any SensorThingsHome)? = nil, position: (latitude: Double, longitude: Double)? = nil,
        limits: TelemetryLimits = TelemetryLimits(), in other: SensorThingsUnderTest? = nil
    ) async throws {
        folder = other?.folder ?? NSTemporaryDirectory() + "lares-sta-test-" + UUID().uuidString
        isGuest = other != nil
        telemetry = MemoryTelemetry(limits: limits)
        ingest = try await Ingest(into: telemetry, home: LaresHome(path: folder), clock: clock)
        api = SensorThingsAPI(
            store: try SensorThingsStore(home: LaresHome(path: folder)), ingest: ingest, home: home, position: position, clock: clock)
    }

    deinit { if !isGuest { try? FileManager.default.removeItem(atPath: folder) } }

    func ask(
        _ method: String, _ address: String, _ body: JSON? = nil, type: String = "application/json", mayWrite: Bool = true,
        hidden: [String] = []
    ) async -> SensorThingsResponse {
        let parts = address.split(separator: "?", maxSplits: 1)
        return await api.answer(
            SensorThingsRequest(
                method, parts.first.map(String.init) ?? "", query: parts.count > 1 ? String(parts[1]) : nil,
                contentType: body == nil ? nil : type,
                body: body.map { Array($0.serialized.utf8) } ?? [], root: Self.root, mayWrite: mayWrite, hidden: hidden))
    }

    /// What stands at an address, which must be there.
    func get(_ address: String, hidden: [String] = [], at place: SourceLocation = #_sourceLocation) async throws -> JSON {
        let answer = await ask("GET", address.replacing(" ", with: "%20"), hidden: hidden)
        try #require(answer.status == 200, "\(address): \(answer.status) \(answer.json?.serialized ?? "")", sourceLocation: place)
        return try #require(answer.json, sourceLocation: place)
    }

    /// The entities of a set.
    func values(_ address: String, hidden: [String] = [], at place: SourceLocation = #_sourceLocation) async throws -> [JSON] {
        try #require(try await get(address, hidden: hidden, at: place)["value"]?.elements, sourceLocation: place)
    }

    /// The ids of a set's entities.
    func ids(_ address: String, at place: SourceLocation = #_sourceLocation) async throws -> [Int] {
        try await values(address, at: place).compactMap { $0["@iot.id"]?.number.map { Int($0) } }
    }

    /// The names of a set's entities.
    func names(_ address: String, at place: SourceLocation = #_sourceLocation) async throws -> [String] {
        try await values(address, at: place).compactMap { $0["name"]?.text }
    }

    func status(_ method: String, _ address: String, _ body: JSON? = nil) async -> Int {
        await ask(method, address.replacing(" ", with: "%20"), body).status
    }

    /// Why a request was refused.
    func refusal(_ address: String, status: Int = 400, at place: SourceLocation = #_sourceLocation) async throws -> String {
        let answer = await ask("GET", address.replacing(" ", with: "%20"))
        #expect(answer.status == status, "\(address)", sourceLocation: place)
        return try #require(answer.json?["message"]?.text, sourceLocation: place)
    }

    /// The id of an entity that is created.
    @discardableResult
    func create(_ set: String, _ body: JSON, at place: SourceLocation = #_sourceLocation) async throws -> Int {
        let answer = await ask("POST", set, body)
        try #require(answer.status == 201, "\(set): \(answer.status) \(answer.json?.serialized ?? "")", sourceLocation: place)
        let link = try #require(answer.headers["Location"], sourceLocation: place)
        return try #require(link.split(separator: "(").last.flatMap { Int($0.dropLast()) }, sourceLocation: place)
    }
}

/// Bodies of entities.
enum Bodies {
    static let measurement = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"

    static func point(_ x: Double, _ y: Double) -> JSON { ["type": "Point", "coordinates": [.double(x), .double(y)]] }

    static func location(_ name: String, _ x: Double, _ y: Double) -> JSON {
        ["name": .string(name), "description": .string(name), "encodingType": "application/vnd.geo+json", "location": point(x, y)]
    }

    static func feature(_ name: String, _ x: Double, _ y: Double) -> JSON {
        ["name": .string(name), "description": .string(name), "encodingType": "application/vnd.geo+json", "feature": point(x, y)]
    }

    static func sensor(_ name: String) -> JSON {
        ["name": .string(name), "description": .string(name), "encodingType": "application/pdf", "metadata": "Light flux sensor"]
    }

    static func observed(_ name: String) -> JSON {
        ["name": .string(name), "definition": .string("http://example.org/" + name), "description": .string(name)]
    }

    static func datastream(_ name: String, unit: String = "Lumen", type: String = measurement, _ links: JSON.Members = [:]) -> JSON {
        var members: JSON.Members = [
            "name": .string(name), "description": .string(name), "observationType": .string(type),
            "unitOfMeasurement": ["name": .string(unit), "symbol": "lm", "definition": .string("http://example.org/unit/" + unit)],
        ]
        for (name, value) in links { members.append(name, value) }
        return .object(members)
    }

    static func whole(_ name: String, observed: JSON, sensor: JSON) -> JSON {
        datastream(name, ["ObservedProperty": observed, "Sensor": sensor])
    }

    static func ref(_ id: Int) -> JSON { ["@iot.id": .int(id)] }
}

/// Two things that each moved once, with four streams of three observations: what the questions of the filtering tests are asked of.
struct TwoThings {
    let service: SensorThingsUnderTest

    init() async throws {
        service = try await SensorThingsUnderTest()
        let first = try await service.create(
            "Things",
            [
                "name": "thing 1", "description": "thing 1",
                "properties": ["reference": "first", "floor": 3, "height": 29.99, "isOpen": true],
                "Locations": [Bodies.location("location 1", -117.05, 51.05)],
                "Datastreams": [
                    Bodies.whole("datastream 1", observed: Bodies.observed("Luminous Flux"), sensor: Bodies.sensor("sensor 1")),
                    Bodies.whole("datastream 2", observed: Bodies.observed("Temperature"), sensor: Bodies.sensor("sensor 2")),
                ],
            ])
        let second = try await service.create(
            "Things",
            [
                "name": "thing 2", "description": "thing 2", "properties": ["reference": "second"],
                "Locations": [Bodies.location("location 2", -100.05, 50.05)],
                "Datastreams": [
                    Bodies.whole("datastream 3", observed: Bodies.observed("Second Luminous Flux"), sensor: Bodies.sensor("sensor 3")),
                    Bodies.whole("datastream 4", observed: Bodies.ref(2), sensor: Bodies.sensor("sensor 4")),
                ],
            ])
        service.clock.advance(by: 60)
        #expect(await service.status("PATCH", "Things(\(first))", ["Locations": [Bodies.ref(2)]]) == 200)
        #expect(await service.status("PATCH", "Things(\(second))", ["Locations": [Bodies.ref(1)]]) == 200)
        for i in 1...12 {
            let day = i < 10 ? "0\(i)" : "\(i)"
            try await service.create(
                "Datastreams(\((i + 2) / 3))/Observations", ["phenomenonTime": .string("2015-03-\(day)T00:00:00Z"), "result": .int(i)])
        }
    }
}
