import Foundation
import LaresJSON
import LaresStandards
import LaresThings
import Synchronization
import Testing

/// Things of the home and what telemetry keeps, seen through SensorThings.
@Suite struct SensorThingsHomeTests {
    final class House: SensorThingsHome {
        let all: Mutex<[Thing]>

        init(_ things: [Thing]) { all = Mutex(things) }

        func shownThings() -> [Thing] { all.withLock(\.self) }
        func areas() -> [Area] { AreaID("hall").map { [Area(id: $0, name: "Hall")] } ?? [] }
    }

    static func thing(_ name: String, _ properties: [Property]) throws -> Thing {
        Thing(
            id: try #require(ThingID(name)), name: "Sensor in the hall", area: AreaID("hall"), category: ThingCategory("sensor"),
            origin: "test",
            properties: properties)
    }

    static func house() throws -> House {
        House([
            try thing(
                "hall/climate",
                [
                    Property("temperature", .number(.any), unit: .celsius, quantity: "temperature"),
                    Property("motion", .boolean, quantity: "motion"),
                    Property("mode", .choice(["heat", "off"])), Property("press", .action),
                ]), try thing("hall/second", [Property("temperature", .number(.any), unit: .celsius, quantity: "temperature")]),
        ])
    }

    static func service(_ house: House? = nil) async throws -> SensorThingsUnderTest {
        let service = try await SensorThingsUnderTest(home: try house ?? Self.house(), position: (52.5, 13.4))
        let series = try await service.telemetry.declare([
            SeriesDeclaration(SeriesKey(thing: "hall/climate", property: "temperature"), .measurement),
            SeriesDeclaration(SeriesKey(thing: "hall/climate", property: "motion"), .measurement),
            SeriesDeclaration(SeriesKey(thing: "hall/climate", property: "mode"), .state),
        ])
        let start: Int64 = 1_790_000_000_000
        try await service.telemetry.append(
            (0..<1_000).map { i in
                Reading(series[0], at: Timestamp(milliseconds: start + Int64(i) * 60_000), .number(Double(2_000 + i) / 100))
            }
                + [
                    Reading(series[1], at: Timestamp(milliseconds: start), .number(1)),
                    Reading(series[2], at: Timestamp(milliseconds: start), .state("heat")),
                ])
        return service
    }

    @Test func aStreamIsWhereItsThingIsNow() async throws {
        let two = try await TwoThings()
        func place(_ series: String) throws -> String? { two.service.api.place(of: try #require(SeriesKey(series))) }
        #expect(try place("sensorthings/datastream-1/result") == "location 2")
        #expect(try place("sensorthings/datastream-3/result") == "location 1")
        for other in ["sensorthings/datastream-99/result", "sensorthings/datastream-x/result", "air,station=7/no2"] {
            #expect(try place(other) == nil)
        }
    }

    @Test func thingsOfTheHomeAreEntities() async throws {
        let service = try await Self.service()
        #expect(try await service.names("Things") == ["Sensor in the hall", "Sensor in the hall"])
        let thing = try await service.values(
            "Things?$filter=properties/home eq 'hall/climate'&$expand=Locations,Datastreams($expand=ObservedProperty,Sensor)")[0]
        #expect(
            thing["Locations"]?.elements?[0]["name"] == "Hall" && thing["Locations"]?.elements?[0]["location"] == Bodies.point(13.4, 52.5))
        let streams = try #require(thing["Datastreams"]?.elements)
        #expect(streams.map { $0["ObservedProperty"]?["name"] } == ["temperature", "motion", "mode"])
        #expect(streams[0]["unitOfMeasurement"]?["symbol"] == "°C")
        #expect(
            streams.map { $0["observationType"]?.text?.split(separator: "_").last } == [
                "Measurement", "TruthObservation", "CategoryObservation",
            ])
        // A quantity is one for all.
        #expect(
            try await service.values("ObservedProperties?$filter=name eq 'temperature'&$expand=Datastreams")[0]["Datastreams"]?.elements?
                .count == 2)
    }

    @Test func theirObservationsAreTheReadingsOfTelemetry() async throws {
        let service = try await Self.service()
        let last = try await service.values(
            "Datastreams?$filter=ObservedProperty/name eq 'temperature'&$expand=Observations($top=1;$orderby=phenomenonTime desc)&$orderby=id"
        )
        #expect(last[0]["Observations"]?.elements?[0]["result"] == 29.99)
        let first = try await service.values("Datastreams(1)/Observations?$top=2")
        #expect(first.map { $0["result"] } == [20, 20.01] && first[0]["phenomenonTime"] == "2026-09-21T14:13:20.000Z")
        #expect(try await service.get("Datastreams(1)/Observations?$count=true&$top=0&$filter=result lt 21")["@iot.count"] == 100)
        #expect(
            try await service.values(
                "Datastreams(1)/Observations?$filter=phenomenonTime ge 2026-09-21T14:20:00Z and phenomenonTime lt 2026-09-21T14:23:00Z"
            ).count == 3)
        #expect(
            try await service.values("Datastreams(1)/Observations?$filter=result gt 29.95&$orderby=result desc").map {
                $0["result"]?.number
            } == [29.99, 29.98, 29.97, 29.96])
        #expect(try await service.values("Datastreams(2)/Observations")[0]["result"] == true)
        #expect(try await service.values("Datastreams(3)/Observations")[0]["result"] == "heat")
        // A filter may name the stream instead of the path.
        let named = "Observations?$filter=Datastream/id eq 1 and phenomenonTime ge 2026-09-21T14:20:00Z&$top=2"
        #expect(try await service.values(named).map { $0["result"]?.number } == [20.07, 20.08])
        // An observation has an address, a stream and a feature like every other.
        let link = try #require(first[1]["@iot.selfLink"]?.text).dropFirst(SensorThingsUnderTest.root.count + 1)
        #expect(try await service.get(String(link)) == first[1])
        #expect(try await service.get("\(link)/Datastream/Thing")["name"] == "Sensor in the hall")
        #expect(try await service.get("\(link)/FeatureOfInterest")["name"] == "Hall")
        #expect(try await service.get("Datastreams(1)/\(link)/result") == ["result": 20.01])
        #expect(await service.status("GET", "Datastreams(2)/\(link)") == 404)
        #expect(await service.status("DELETE", String(link)) == 403)
    }

    @Test func pagesOfReadingsShowEveryReadingOnce() async throws {
        let service = try await Self.service()
        for order in ["", "&$orderby=phenomenonTime desc"] {
            var (next, results): (String?, [Double]) = ("Datastreams(1)/Observations?$top=300\(order)", [])
            while let address = next, results.count <= 1_000 {
                let page = try await service.get(address)
                results += page["value"]?.elements?.compactMap { $0["result"]?.number } ?? []
                next = page["@iot.nextLink"]?.text.map { String($0.dropFirst(SensorThingsUnderTest.root.count + 1)) }
            }
            #expect(results.count == 1_000 && Set(results).count == 1_000 && (results.first == 20) == order.isEmpty)
        }
    }

    @Test func whatBelongsToTheHomeIsOnlyRead() async throws {
        let service = try await Self.service()
        _ = try await service.ids("Things")
        for (method, path, body) in [
            ("PATCH", "Things(1)", ["name": "mine"] as JSON), ("DELETE", "Things(1)", [:]), ("DELETE", "ObservedProperties(1)", [:]),
            ("PATCH", "Sensors(1)", ["name": "mine"]),
            ("POST", "Datastreams(1)/Observations", ["result": 1]), ("POST", "Things(1)/Datastreams", Bodies.datastream("x")),
            ("DELETE", "Locations(1)", [:]),
        ] { #expect(await service.status(method, path, body) == 403, "\(method) \(path)") }
        // A quantity of the home may be observed by others too.
        try await service.create(
            "Things",
            ["name": "x", "description": "x", "Datastreams": [Bodies.whole("x", observed: Bodies.ref(1), sensor: Bodies.sensor("x"))]])
    }

    @Test func whoDoesNotSeeAThingSeesNothingOfIt() async throws {
        let service = try await Self.service()
        let hidden = ["hall/climate"]
        #expect(try await service.values("Things", hidden: hidden).count == 1)
        #expect(try await service.values("Datastreams", hidden: hidden).count == 1)
        #expect(
            try await service.values("ObservedProperties?$filter=name eq 'temperature'&$expand=Datastreams", hidden: hidden)[0][
                "Datastreams"]?.elements?.count == 1)
        #expect(
            try await service.values("ObservedProperties?$filter=Datastreams/Thing/properties/home eq 'hall/climate'", hidden: hidden)
                .isEmpty)
        let id = try #require(try await service.values("Datastreams(1)/Observations?$top=1")[0]["@iot.id"]?.number)
        for path in [
            "Things(1)", "Datastreams(1)", "Datastreams(1)/Observations", "Sensors(1)", "Observations(\(Int(id)))", "FeaturesOfInterest(1)",
        ] {
            #expect(await service.ask("GET", path, hidden: hidden).status == 404, "\(path)")
        }
    }

    @Test func theHomeMayChange() async throws {
        let house = try Self.house()
        let service = try await Self.service(house)
        let ids = try await service.ids("Datastreams")
        house.all.withLock {
            $0[0].name = "Renamed"; $0[0].properties.removeLast(3); $0.removeLast()
        }
        service.clock.advance(by: 2)
        #expect(try await service.names("Things") == ["Renamed"])
        #expect(try await service.ids("Datastreams") == [ids[0]])
        #expect(try await service.values("Datastreams(\(ids[0]))/Observations?$top=1").count == 1)
    }

    @Test func whatIsObservedHasAHistory() async throws {
        let service = try await TwoThings().service
        try await service.create("Datastreams(1)/Observations", ["result": true, "phenomenonTime": "2015-04-01T00:00:00Z"])
        try await service.create("Datastreams(1)/Observations", ["result": "text", "phenomenonTime": "2015-04-02T00:00:00Z"])
        try await service.create(
            "Things",
            [
                "name": "x", "description": "x", "Locations": [Bodies.location("x", 1, 1)],
                "Datastreams": [
                    Bodies.datastream(
                        "modes", type: "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation",
                        [
                            "ObservedProperty": Bodies.ref(1), "Sensor": Bodies.ref(1),
                            "Observations": [["result": "on", "phenomenonTime": "2015-04-02T00:00:00Z"]],
                        ])
                ],
            ])
        try await service.api.settle()
        let readings = try await Self.readings(1, service)
        #expect(readings.map(\.value) == [.number(1), .number(2), .number(3), .number(1)])
        #expect(readings[1].time.description == "2015-03-02T00:00:00.000Z")
        #expect(try await Self.readings(5, service).map(\.value) == [.state("on")])
        // A change is told again, and what is deleted is gone.
        #expect(await service.status("PATCH", "Observations(2)", ["result": 22]) == 200)
        try await service.api.settle()
        #expect(try await Self.readings(1, service)[1].value == .number(22))
        #expect(await service.status("DELETE", "Things(1)") == 200)
        #expect(try await service.telemetry.series(of: "sensorthings/datastream-1").isEmpty)
    }

    @Test func whatWasNotToldIsToldAfterARestart() async throws {
        let service = try await TwoThings().service
        try await service.api.settle()
        try await service.create("Datastreams(1)/Observations", ["result": 99, "phenomenonTime": "2015-04-01T00:00:00Z"])
        #expect(await service.status("PATCH", "Observations(4)", ["result": 44]) == 200)
        // The program ends here, and begins again with a telemetry store that has nothing.
        let again = try await SensorThingsUnderTest(in: service)
        try await again.api.settle()
        #expect(try await Self.readings(1, again).map(\.value) == [.number(99)])
        #expect(try await Self.readings(2, again).map(\.value) == [.number(44)])
        try await again.api.settle()
        #expect(try await again.telemetry.size().unsorted == 2)
    }

    @Test func whatTelemetryDoesNotTakeIsKeptAllTheSame() async throws {
        var limits = TelemetryLimits()
        limits.series = 1
        let service = try await SensorThingsUnderTest(limits: limits)
        for name in ["a", "b"] {
            try await service.create(
                "Things",
                [
                    "name": .string(name), "description": "x", "Locations": [Bodies.location("x", 1, 1)],
                    "Datastreams": [
                        Bodies.datastream(
                            name,
                            [
                                "ObservedProperty": Bodies.observed("x"), "Sensor": Bodies.sensor("x"),
                                "Observations": [["result": 1], ["result": 1e300]],
                            ])
                    ],
                ])
        }
        try await service.api.settle()
        #expect(try await service.telemetry.series(of: nil).count == 1)
        #expect(try await service.ids("Observations").count == 4)
        #expect(await service.api.trouble == nil)
    }

    @Test func whatIsObservedIsJudgedAsPointsAre() async throws {
        let service = try await TwoThings().service
        for body in [
            // The sensor's clock is in 2199: that isn't its latest reading.
            ["result": 1, "phenomenonTime": "2199-01-01T00:00:00Z"],
            ["result": 2, "phenomenonTime": "2026-12-01T00:00:00Z", "resultQuality": "suspect"],
            ["result": 999, "phenomenonTime": "2026-12-01T01:00:00Z", "resultQuality": ["DQ_Status": ["code": "bad"]]],
            ["result": 3, "phenomenonTime": "2026-12-01T02:00:00Z", "resultQuality": ["nobody": "knows"]],
        ] as [JSON] { try await service.create("Datastreams(2)/Observations", body) }
        try await service.api.settle()
        #expect(try await service.values("Datastreams(2)/Observations?$filter=phenomenonTime gt 2026-11-01T00:00:00Z").count == 4)
        func stored(_ property: String) async throws -> [ReadingValue] {
            let series = try #require(
                try await service.telemetry.series(of: "sensorthings/datastream-2").first { $0.key.property == property })
            let range = Timestamp(Date(timeIntervalSince1970: 1_790_000_000))..<Timestamp.end
            return try await service.telemetry.readings(of: series.id, in: range, order: .oldestFirst, limit: 100).map(\.value)
        }
        #expect(try await stored("result") == [.number(2), .number(3)])
        #expect(try await stored("result?bad") == [.number(999)])
        #expect(try await stored("result?quality") == [.number(1), .number(2)])
        let letter = try #require(try await service.ingest.letters.list().first)
        #expect(letter.fault.code == .clockAhead && letter.source == "sensorthings" && letter.tenant == "")
        // As many series as this Lares may have: one more goes to the dead letters, and the Observation stays.
        var quota = Tenant.Quota()
        quota.series = 1
        try await service.ingest.put(try #require(Tenant("", quota: quota)))
        try await service.create(
            "Datastreams(1)/Observations", ["result": 5, "phenomenonTime": "2026-12-01T00:00:00Z", "resultQuality": "bad"])
        try await service.api.settle()
        #expect(try await service.ingest.letters.list(DeadLetters.Filter(reason: "too_many_series")).count == 1)
        #expect(await service.api.trouble == nil)
        #expect(await service.status("DELETE", "Things(1)") == 200)
        #expect(try await service.telemetry.series(of: "sensorthings/datastream-2").isEmpty)
    }

    static func readings(_ stream: Int, _ service: SensorThingsUnderTest) async throws -> [Reading] {
        let series = try #require(try await service.telemetry.series(of: "sensorthings/datastream-\(stream)").first)
        return try await service.telemetry.readings(of: series.id, in: .earliest ..< .end, order: .oldestFirst, limit: 100)
    }
}
