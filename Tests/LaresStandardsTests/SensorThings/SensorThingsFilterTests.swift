import LaresJSON
import LaresStandards
import LaresTesting
import Testing

/// What `$filter` says, by what it finds among the twelve observations 1…12, one a day from 2015-03-01 on, three in each of four streams.
@Suite struct SensorThingsFilterTests {
    static let observations: [(String, [Int])] = [
        ("result eq 5", [5]), ("5 eq result", [5]), ("result in (2, 3, 99)", [2, 3]), ("result gt 10 or result lt 2", [1, 11, 12]),
        ("not (result gt 3) and result ne 1", [2, 3]), ("not result gt 3", [1, 2, 3]), ("result add 1 eq 3", [2]),
        ("result sub 1 eq 3", [4]),
        ("result mul 2 gt 22", [12]), ("result div 4 eq 3", [12]), ("result div 4.0 eq 0.5", [2]), ("result mod 5 eq 4", [4, 9]),
        ("-result lt -11", [12]), ("1 add 2 mul 3 eq result", [7]), ("(1 add 2) mul 3 eq result", [9]), ("result sub 2 sub 3 eq 4", [9]),
        ("true", Array(1...12)), ("false", []), ("result eq null", []), ("result ne null", Array(1...12)),
        ("resultTime eq null", Array(1...12)),
        ("result eq '7'", [7]), ("result eq true", []), ("id eq 3", [3]), ("@iot.id le 2", [1, 2]), ("result gt 1e1", [11, 12]),
        ("result eq 2.0", [2]), ("result gt -5 and result lt 1.5", [1]),
        // Times.
        ("phenomenonTime eq 2015-03-05T00:00:00Z", [5]), ("phenomenonTime eq 2015-03-05T01:30:00+01:30", [5]),
        ("phenomenonTime gt 2015-03-10T12:00:00.5Z", [11, 12]), ("phenomenonTime ge 2015-03-11", [11, 12]),
        ("phenomenonTime lt 2015-03-03T00:00:00Z/2015-03-05T00:00:00Z", [1, 2]),
        ("phenomenonTime gt 2015-03-03T00:00:00Z/2015-03-09T00:00:00Z", [10, 11, 12]),
        ("year(phenomenonTime) eq 2015 and month(phenomenonTime) eq 3 and day(phenomenonTime) eq 7", [7]),
        (
            "hour(phenomenonTime) eq 0 and minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0 and fractionalseconds(phenomenonTime) eq 0 and result eq 1",
            [1]
        ),
        ("date(phenomenonTime) eq 2015-03-04", [4]), ("time(phenomenonTime) eq 00:00:00 and result lt 2", [1]),
        ("totaloffsetminutes(phenomenonTime) eq 0 and result eq 1", [1]),
        (String(repeating: "date(", count: 28) + "phenomenonTime" + String(repeating: ")", count: 28) + " eq 2015-03-04", [4]),
        // Before 1970.
        ("date(phenomenonTime sub duration'P20000DT1H') eq 1960-05-30", [4]),
        ("hour(phenomenonTime sub duration'P20000DT1H') eq 23 and year(phenomenonTime sub duration'P20000D') eq 1960 and result eq 1", [1]),
        ("time(phenomenonTime sub duration'P20000DT1H') eq 23:00:00 and result eq 2", [2]),
        ("fractionalseconds(phenomenonTime sub duration'P20000DT0.25S') eq 0.75 and result eq 3", [3]),
        ("phenomenonTime add duration'P1D' gt 2015-03-12T00:00:00Z", [12]),
        ("phenomenonTime sub 2015-03-01T00:00:00Z gt duration'P10D'", [12]),
        ("phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime() and result eq 1", [1]),
        ("phenomenonTime gt now() sub duration'P1D'", []),
        ("duration'PT12H' mul 2 eq duration'P1D' and result eq 1", [1]), ("validTime eq null and result eq 1", [1]),
        // Numbers and texts.
        ("round(result div 4.0) eq 1", [2, 3, 4, 5]), ("floor(result div 4.0) eq 2", [8, 9, 10, 11]),
        ("ceiling(result div 4.0) eq 1", [1, 2, 3, 4]),
        ("length(result) eq 2", [10, 11, 12]), ("startswith(result, '1')", [1, 10, 11, 12]), ("endswith(result, '1')", [1, 11]),
        ("concat(result, 'x') eq '3x'", [3]), ("substring(result, 1) eq '2'", [12]), ("substring(result, 0, 1) eq '1'", [1, 10, 11, 12]),
        ("indexof(result, '2') eq 1", [12]), ("substringof('2', result)", [2, 12]), ("contains(result, '2')", [2, 12]),
        ("trim(' 4 ') eq result", [4]),
        // Over links.
        ("Datastream/id eq 2", [4, 5, 6]), ("Datastream/name eq 'datastream 3'", [7, 8, 9]),
        ("Datastream/Thing/name eq 'thing 1' and result gt 4", [5, 6]),
        ("Datastream/Thing/properties/floor eq 3 and result eq 1", [1]),
        ("Datastream/ObservedProperty/name eq 'Temperature'", [4, 5, 6, 10, 11, 12]),
        ("Datastream/unitOfMeasurement/name eq 'Lumen' and result le 1", [1]),
        ("Datastream/Thing/Locations/name eq 'location 1'", [7, 8, 9, 10, 11, 12]),
        ("FeatureOfInterest/id eq 1 and result lt 8 and result gt 6", []),
    ]

    @Test(arguments: observations) func observationsAreFound(_ filter: String, _ expected: [Int]) async throws {
        let service = try await Shared.things.value.service
        #expect(try await service.ids("Observations?$filter=\(filter.replacing("+", with: "%2B"))") == expected)
    }

    static let others: [(String, String, [Int])] = [
        ("Things", "Datastreams/name eq 'datastream 3'", [2]), ("Things", "Datastreams/Observations/result gt 5", [1, 2]),
        ("Things", "Datastreams/ObservedProperty/name eq 'Luminous Flux'", [1]), ("Things", "properties/reference eq 'first'", [1]),
        ("Things", "properties/floor gt 2", [1]), ("Things", "properties/height eq 29.99", [1]), ("Things", "properties/isOpen", [1]),
        ("Things", "properties/reference gt 2", []),
        ("Things", "properties/nothing eq null", [1, 2]),
        ("Things", "tolower(concat(name, 'X')) eq 'thing 2x'", [2]), ("Things", "toupper(name) eq 'THING 1'", [1]),
        ("Things", "name eq 'thing ''1'", []),
        ("Datastreams", "phenomenonTime lt 2015-03-04", [1]), ("Datastreams", "phenomenonTime gt 2015-03-07T00:00:00Z", [4]),
        ("Datastreams", "Observations/phenomenonTime ge 2015-03-10T00:00:00Z", [4]), ("Datastreams", "id ne 1 and Thing/id eq 1", [2]),
        ("Locations", "st_within(location, geography'POLYGON((-110 40, -110 60, -90 60, -90 40, -110 40))')", [2]),
        ("Locations", "st_intersects(location, geography'LINESTRING(-120 51.05, -110 51.05)')", [1]),
        ("Locations", "st_equals(location, geography'POINT(-117.05 51.05)')", [1]),
        ("Locations", "st_disjoint(location, geography'POINT(0 0)')", [1, 2]),
        ("Locations", "st_touches(location, geography'POLYGON((-117.05 50, -117.05 52, -100 52, -100 50, -117.05 50))')", [1]),
        ("Locations", "st_relate(location, geography'POINT(-117.05 51.05)', '0FFFFFFF2')", [1]),
        ("Locations", "geo.distance(location, geography'POINT(-117.05 50.05)') lt 2", [1]),
        ("Locations", "geo.intersects(location, geography'POINT(-100.05 50.05)')", [2]),
        ("Locations", "geo.length(geography'LINESTRING(0 0, 3 4)') eq 5", [1, 2]),
        ("Locations", "location/type eq 'Point' and location/coordinates/0 lt -110", [1]),
        ("FeaturesOfInterest", "st_contains(geography'POLYGON((-120 50, -120 52, -110 52, -110 50, -120 50))', feature)", [2]),
        ("FeaturesOfInterest", "Observations/Datastream/Thing/name eq 'thing 1'", [1]),
    ]

    @Test(arguments: others) func otherEntitiesAreFound(_ set: String, _ filter: String, _ expected: [Int]) async throws {
        #expect(try await (try await Shared.things.value).service.ids("\(set)?$filter=\(filter)") == expected)
    }

    static let wrong: [(String, String)] = [
        ("result eqq 5", "character 8"), ("result gt", "(the end)"), ("(result gt 5", "')' was expected"), ("result gt 5)", "character 12"),
        ("result gt 'a", "isn't closed"), ("colour eq 5", "no 'colour'"), ("Datastream eq 5", "is a link"),
        ("foo(result)", "no function 'foo'"),
        ("length()", "takes 1 values"), ("length(result, 2)", "takes 1 values"), ("length(phenomenonTime) eq 1", "needs a text"),
        ("year(result) eq 1", "__fine"),
        ("phenomenonTime gt 5", "can't be compared"), ("result", "__fine"), ("5", "a condition was expected"), ("name eq 'x'", "no 'name'"),
        ("result gt 5 and 7", "needs two conditions"),
        ("result eq 2015-13-01T00:00:00Z", "character"), ("result eq duration'P1Y'", "duration"),
        ("result eq geography'CIRCLE(1)'", "well-known"), ("phenomenonTime/x eq 1", "nothing inside"),
        ("result gt 99999999999999999999999999999999999999999e999", "no number"), ("1x eq 1", "ends with a letter"),
        ("st_within(result, geography'POINT(1 2)') and st_within(phenomenonTime, geography'POINT(1 2)')", "needs a location"),
        ("Datastream/Thing/Locations/location eq geography'POINT(1 2)'", "st_equals"), ("result add 'a' eq 1", "can't be used"),
        ("", "value was expected"), ("result//x eq 1", "name was expected"),
        ("result/\u{22} eq 1", "name was expected"), ("not", "no 'not'"),
    ]

    @Test(arguments: wrong) func whatIsWrongIsSaidWithItsPlace(_ filter: String, _ reason: String) async throws {
        let service = try await Shared.things.value.service
        let address =
            "Observations?$filter=\(filter.replacing(" ", with: "%20").replacing("+", with: "%2B").replacing("\u{22}", with: "%22"))"
        if reason == "__fine" {
            #expect(await service.status("GET", address) == 200)
            return
        }
        let message = try await service.refusal(address)
        #expect(message.contains(reason) && message.hasPrefix("'$filter', character "), "\(message)")
    }

    @Test func depthLengthAndNumberOfPartsAreBounded() async throws {
        let service = try await Shared.things.value.service
        let deep = String(repeating: "(", count: 100) + "1" + String(repeating: ")", count: 100)
        let many = Array(repeating: "result eq 1", count: 2_000).joined(separator: " or ")
        let expand = String(repeating: "$expand=Datastreams(", count: 100)
        let long = String(repeating: "x", count: 20_000)
        for query in [
            "$filter=\(deep) eq 1", "$filter=\(many)", "Datastreams(\(expand)", "$filter=\(long)",
            "$filter=a\(String(repeating: "/a", count: 50)) eq 1", "$top=1&$top=2", "$top=-1", "$top=x", "$skip=1.5", "$count=yes",
            "$foo=1", "$filter=%zz", "$filter=%ff",
        ] where query.hasPrefix("$") {
            #expect(await service.status("GET", "Observations?" + query) == 400, "\(query.prefix(60))")
        }
        #expect(await service.status("GET", "Things?" + expand.dropFirst(0)) == 400)
        #expect(await service.status("GET", "Observations?foo=1&debug") == 200)
    }

    /// The left side stands in the SQL as often as the list is long: sixty lists of two would be a thousand million millions of it.
    @Test(.timeLimit(.minutes(1))) func whatBecomesTooMuchSQLIsRefused() async throws {
        let service = try await Shared.things.value.service
        let lists = { (count: Int) in "true" + String(repeating: " in (true, false)", count: count) }
        #expect(try await service.ids("Observations?$filter=" + lists(3)) == Array(1...12))
        #expect(try await service.refusal("Observations?$filter=" + lists(60)).contains("bytes of SQL"))
    }

    @Test func mutatedQueriesAreAnsweredOrRefusedAndNeverTrap() async throws {
        let service = try await Shared.things.value.service
        var random = Mutations(seed: 1_101)
        let seeds =
            (Self.observations.map { "$filter=" + $0.0 } + Self.others.map { "$filter=" + $0.1 } + [
                "$expand=Datastreams($filter=name eq 'x';$expand=Observations($top=1;$orderby=result desc)),Locations/HistoricalLocations($count=true)",
                "$orderby=phenomenonTime desc,result mod 5&$top=5&$skip=2&$count=true&$select=id,result,Datastream&$resultFormat=dataArray",
            ]).map { Array($0.utf8) }
        var statuses: [Int: Int] = [:]
        for i in 0..<(Mutations.inputs / 10) {
            let query = String(decoding: random.mutate(seeds[i % seeds.count]), as: UTF8.self)
            let answer = await service.ask("GET", (i % 3 == 0 ? "Locations?" : i % 3 == 1 ? "Things?" : "Observations?") + query)
            statuses[answer.status, default: 0] += 1
            if answer.status != 200, answer.status != 400 {
                Issue.record("\(answer.status) for \(query): \(answer.json?.serialized ?? "")")
            }
        }
        #expect(statuses[200, default: 0] > Mutations.inputs / 1_000 && statuses[400, default: 0] > Mutations.inputs / 1_000)
    }

    @Test func mutatedBodiesAreTakenOrRefusedAndNeverTrap() async throws {
        let service = try await TwoThings().service
        var random = Mutations(seed: 1_102)
        let thing: JSON = [
            "name": "x", "description": "x", "properties": ["a": [1, 2.5, .null, true]],
            "Locations": [Bodies.location("x", 1, 1), Bodies.ref(1)],
            "Datastreams": [
                Bodies.datastream(
                    "x",
                    [
                        "ObservedProperty": Bodies.ref(1), "Sensor": Bodies.sensor("x"),
                        "Observations": [["result": 1, "phenomenonTime": "2015-03-01T00:00:00Z/2015-03-01T01:00:00Z"]],
                    ])
            ],
        ]
        let array: JSON = [
            [
                "Datastream": Bodies.ref(1), "components": ["phenomenonTime", "result"],
                "dataArray": [["2016-01-01T00:00:00Z", 20], ["2016-01-01T01:00:00Z", "x"]],
            ]
        ]
        let patch: JSON = [["op": "add", "path": "/properties/a/-", "value": 1], ["op": "move", "from": "/name", "path": "/description"]]
        let batch: JSON = ["requests": [["id": "1", "method": "post", "url": "Things", "body": thing]]]
        let seeds: [(String, String, String, [UInt8])] = [
            ("POST", "Things", "application/json", Array(thing.serialized.utf8)),
            ("POST", "CreateObservations", "application/json", Array(array.serialized.utf8)),
            ("PATCH", "Things(1)", "application/json-patch+json", Array(patch.serialized.utf8)),
            (
                "POST", "$batch", "application/json",
                Array(batch.serialized.utf8)
            ),
        ]
        for i in 0..<(Mutations.inputs / 25) {
            let (method, path, type, body) = seeds[i % seeds.count]
            let answer = await service.api.answer(
                .init(method, path, contentType: type, body: random.mutate(body), root: SensorThingsUnderTest.root))
            if ![200, 201, 400, 409].contains(answer.status) { Issue.record("\(answer.status): \(answer.json?.serialized ?? "")") }
        }
    }
}

/// What is only asked, made once.
enum Shared {
    static let things = Task { try await TwoThings() }
}
