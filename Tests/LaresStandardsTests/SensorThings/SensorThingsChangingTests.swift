import LaresJSON
import LaresStandards
import LaresThings
import Testing

/// Creating, changing and deleting, as the second capability of OGC's test suite for SensorThings asks it; our own tests.
@Suite struct SensorThingsChangingTests {
    @Test func entitiesAreCreatedOneByOne() async throws {
        let service = try await SensorThingsUnderTest()
        let thing = try await service.create("Things", ["name": "Test Thing", "description": "A thing"])
        let place = try await service.create("Locations", Bodies.location("bow river", -114.05, 51.05))
        let sensor = try await service.create("Sensors", Bodies.sensor("Barometer"))
        let observed = try await service.create("ObservedProperties", Bodies.observed("DewPoint"))
        let feature = try await service.create("FeaturesOfInterest", Bodies.feature("A weather station.", 10, 10))
        let links: JSON.Members = ["Thing": Bodies.ref(thing), "ObservedProperty": Bodies.ref(observed), "Sensor": Bodies.ref(sensor)]
        let stream = try await service.create("Datastreams", Bodies.datastream("stream", links))
        try await service.create(
            "Observations",
            [
                "phenomenonTime": "2015-03-01T00:40:00.000Z", "result": 8, "Datastream": Bodies.ref(stream),
                "FeatureOfInterest": Bodies.ref(feature),
            ])
        // Without a feature, one is made of the thing's place, once.
        #expect(await service.status("PATCH", "Things(\(thing))", ["Locations": [Bodies.ref(place)]]) == 200)
        let second = try await service.create(
            "Observations",
            [
                "phenomenonTime": "2015-03-01T00:00:00.000Z", "resultTime": "2015-03-01T01:00:00.000Z", "result": 100,
                "Datastream": Bodies.ref(stream),
            ])
        let third = try await service.create("Observations", ["result": 105, "Datastream": Bodies.ref(stream)])
        #expect(try await service.get("Observations(\(second))")["resultTime"] == "2015-03-01T01:00:00.000Z")
        #expect(try await service.get("Observations(\(third))")["resultTime"] == JSON.null)
        #expect(try await service.get("Observations(\(third))")["phenomenonTime"] == "2027-01-15T08:00:00.000Z")
        let made = try await service.get("Observations(\(second))/FeatureOfInterest")
        #expect(made["feature"] == Bodies.point(-114.05, 51.05))
        #expect(try await service.get("Observations(\(third))/FeatureOfInterest")["@iot.id"] == made["@iot.id"])
        let past = try await service.create(
            "HistoricalLocations", ["time": "2015-03-01T00:40:00.000Z", "Thing": Bodies.ref(thing), "Locations": [Bodies.ref(place)]])
        #expect(try await service.get("HistoricalLocations(\(past))")["time"] == "2015-03-01T00:40:00.000Z")
        #expect(try await service.get("Datastreams(\(stream))")["phenomenonTime"] == "2015-03-01T00:00:00.000Z/2027-01-15T08:00:00.000Z")
    }

    @Test func whatStandsInAnEntityIsCreatedWithIt() async throws {
        let service = try await TwoThings().service
        let stream = try await service.create(
            "Datastreams",
            Bodies.datastream(
                "deep",
                [
                    "Thing": Bodies.ref(1), "ObservedProperty": Bodies.observed("Deep"), "Sensor": Bodies.sensor("deep sensor"),
                    "Observations": [
                        ["phenomenonTime": "2015-03-01T00:10:00Z", "result": 10],
                        [
                            "phenomenonTime": "2015-03-01T00:00:00Z/2015-03-01T01:00:00Z", "result": "eleven",
                            "FeatureOfInterest": Bodies.feature("station", 1, 2),
                        ],
                    ],
                ]))
        #expect(try await service.get("Datastreams(\(stream))/Sensor")["name"] == "deep sensor")
        #expect(try await service.get("Datastreams(\(stream))/ObservedProperty")["name"] == "Deep")
        let observations = try await service.values("Datastreams(\(stream))/Observations")
        #expect(observations.map { $0["result"] } == [10, "eleven"])
        #expect(observations[1]["phenomenonTime"] == "2015-03-01T00:00:00.000Z/2015-03-01T01:00:00.000Z")
        #expect(
            try await service.get("Datastreams(\(stream))/Observations?$filter=result eq 'eleven'&$expand=FeatureOfInterest")["value"]?
                .elements?[0]["FeatureOfInterest"]?["name"] == "station")
    }

    static let invalid: [(String, JSON, String)] = [
        ("Things", ["name": "no description"], "description"), ("Things", ["name": 5, "description": "x"], "must be a text"),
        ("Things", ["name": "x", "description": "x", "colour": "red"], "'colour' is unknown"), ("Things", [1], "must be an object"),
        ("Datastreams", Bodies.datastream("x", ["Thing": Bodies.ref(1), "ObservedProperty": Bodies.ref(1)]), "'Sensor' is missing"),
        ("Datastreams", Bodies.datastream("x", ["Thing": Bodies.ref(1), "Sensor": Bodies.ref(1)]), "'ObservedProperty' is missing"),
        ("Datastreams", Bodies.datastream("x", ["Sensor": Bodies.ref(1), "ObservedProperty": Bodies.ref(1)]), "'Thing' is missing"),
        (
            "Datastreams", Bodies.datastream("x", ["Thing": Bodies.ref(99), "Sensor": Bodies.ref(1), "ObservedProperty": Bodies.ref(1)]),
            "no Things(99)"
        ),
        (
            "Datastreams", Bodies.datastream("x", ["Thing": ["@iot.id": "x"], "Sensor": Bodies.ref(1), "ObservedProperty": Bodies.ref(1)]),
            "whole number"
        ),
        ("Observations", ["result": 8, "FeatureOfInterest": Bodies.ref(1)], "'Datastream' is missing"),
        ("Observations", ["Datastream": Bodies.ref(1)], "'result' is missing"),
        ("Observations", ["Datastream": Bodies.ref(1), "result": 1, "phenomenonTime": "yesterday"], "phenomenonTime"),
        (
            "Observations", ["Datastream": Bodies.ref(1), "result": 1, "phenomenonTime": "2015-03-02T00:00:00Z/2015-03-01T00:00:00Z"],
            "phenomenonTime"
        ),
        (
            "Observations",
            [
                "Datastream": Bodies.ref(1), "result": 1,
                "FeatureOfInterest": ["name": "x", "description": "x", "feature": Bodies.point(1, 2)],
            ], "FeatureOfInterest.encodingType"
        ),
        (
            "Locations",
            [
                "name": "x", "description": "x", "encodingType": "application/geo+json",
                "location": ["type": "Point", "coordinates": ["a"]],
            ], "GeoJSON"
        ),
    ]

    @Test(arguments: invalid) func whatIsIncompleteIsRefusedAndSaysWhere(_ set: String, _ body: JSON, _ reason: String) async throws {
        let service = try await TwoThings().service
        let before = try await service.get("\(set)?$count=true")["@iot.count"]
        let answer = await service.ask("POST", set, body)
        #expect(answer.status == 400 && answer.json?["message"]?.text?.contains(reason) == true, "\(answer.json?.serialized ?? "")")
        #expect(try await service.get("\(set)?$count=true")["@iot.count"] == before)
    }

    @Test func nothingOfAnEntityWithAFaultDeepInsideIsCreated() async throws {
        let service = try await SensorThingsUnderTest()
        let body: JSON = [
            "name": "Office", "description": "Office", "Locations": [Bodies.location("Roof", -117, 51)],
            "Datastreams": [Bodies.datastream("Light", ["ObservedProperty": Bodies.observed("Flux")])],
        ]
        let answer = await service.ask("POST", "Things", body)
        #expect(answer.status == 400 && answer.json?["message"]?.text?.contains("Datastreams[0].Sensor") == true)
        for set in ["Things", "Locations", "HistoricalLocations", "Datastreams", "ObservedProperties", "Sensors"] {
            #expect(try await service.ids(set).isEmpty)
        }
        // An observation needs a feature, or a thing that is somewhere.
        try await service.create(
            "Things",
            [
                "name": "nowhere", "description": "nowhere",
                "Datastreams": [Bodies.whole("x", observed: Bodies.observed("x"), sensor: Bodies.sensor("x"))],
            ])
        let lost = await service.ask("POST", "Observations", ["result": 1, "Datastream": Bodies.ref(1)])
        #expect(lost.status == 400 && lost.json?["message"]?.text?.contains("Location") == true)
    }

    static let patches: [(String, String, JSON)] = [
        ("Things", "description", "patched"), ("Locations", "location", Bodies.point(114.05, -50)),
        ("HistoricalLocations", "time", "2015-07-01T00:00:00.000Z"), ("Sensors", "metadata", "PATCHED"),
        ("ObservedProperties", "description", "PATCHED"), ("FeaturesOfInterest", "feature", Bodies.point(114.05, -51.05)),
        ("Datastreams", "unitOfMeasurement", ["name": "Entropy2", "symbol": "S2", "definition": "http://qudt.org/vocab/unit#Entropy2"]),
        ("Observations", "phenomenonTime", "2015-07-01T00:40:00.000Z"), ("Observations", "result", ["a": [1, 2.5, .null]]),
    ]

    @Test(arguments: patches) func aPatchChangesWhatItNamesAndNothingElse(_ set: String, _ property: String, _ value: JSON) async throws {
        let service = try await TwoThings().service
        guard case .object(let before) = try await service.get("\(set)(1)") else { return }
        #expect(await service.status("PATCH", "\(set)(1)", .object([property: value])) == 200)
        let after = try await service.get("\(set)(1)")
        for (name, old) in before { #expect(after[name] == (name == property ? value : old), "\(name)") }
        #expect(await service.status("PATCH", "\(set)(999)", .object([property: value])) == 404)
    }

    static let inline: [(String, JSON)] = [
        ("Things", ["Locations": [Bodies.location("West Roof", -117.05, 51.05)]]),
        ("Things", ["Datastreams": [["unitOfMeasurement": [:]]]]),
        ("Sensors", ["Datastreams": [["unitOfMeasurement": [:], "Thing": Bodies.ref(1)]]]),
        ("ObservedProperties", ["Datastreams": [["unitOfMeasurement": [:], "Thing": Bodies.ref(1)]]]),
        ("Datastreams", ["ObservedProperty": Bodies.observed("Count")]), ("Datastreams", ["Sensor": Bodies.sensor("x")]),
        ("Datastreams", ["Thing": ["name": "test", "description": "test"]]), ("Datastreams", ["Observations": [["result": 92122]]]),
        ("Things", ["name": .null]), ("Things", ["unknown": 1]),
    ]

    @Test(arguments: inline) func aPatchThatBringsEntitiesIsRefused(_ set: String, _ body: JSON) async throws {
        #expect(await (try await TwoThings()).service.status("PATCH", "\(set)(1)", body) == 400)
    }

    @Test func linksAreChangedByIds() async throws {
        let service = try await TwoThings().service
        #expect(await service.status("PATCH", "Datastreams(1)", ["Thing": Bodies.ref(2), "Sensor": Bodies.ref(3)]) == 200)
        #expect(try await service.ids("Things(2)/Datastreams") == [1, 3, 4])
        #expect(try await service.get("Datastreams(1)/Sensor")["@iot.id"] == 3)
        #expect(await service.status("POST", "Things(1)/Locations", Bodies.location("new", 1, 1)) == 201)
        #expect(try await service.names("Things(1)/Locations") == ["new"])
        #expect(try await service.ids("Things(1)/HistoricalLocations").count == 3)
        #expect(await service.status("POST", "Things(1)/Datastreams", Bodies.ref(3)) == 201)
        #expect(try await service.ids("Things(1)/Datastreams").contains(3))
    }

    @Test func aPutReplacesAllAndAJSONPatchIsAllOrNothing() async throws {
        let service = try await TwoThings().service
        #expect(await service.status("PUT", "Things(1)", ["name": "new", "description": "new"]) == 200)
        let thing = try await service.get("Things(1)")
        #expect(thing["name"] == "new" && thing["properties"] == nil)
        #expect(try await service.ids("Things(1)/Datastreams") == [1, 2])
        #expect(await service.status("PUT", "Things(1)", ["name": "new"]) == 400)
        #expect(await service.status("PUT", "Datastreams(1)", Bodies.datastream("put")) == 200)
        #expect(try await service.get("Datastreams(1)")["phenomenonTime"] == "2015-03-01T00:00:00.000Z/2015-03-03T00:00:00.000Z")
        let patch: JSON = [
            ["op": "test", "path": "/properties/reference", "value": "second"],
            ["op": "add", "path": "/properties/list", "value": [1, 2]],
            ["op": "add", "path": "/properties/list/-", "value": 3],
            ["op": "move", "from": "/properties/reference", "path": "/properties/a~1b"],
            ["op": "remove", "path": "/properties/list/0"], ["op": "copy", "from": "/name", "path": "/description"],
            ["op": "replace", "path": "/name", "value": "patched"],
        ]
        #expect(await service.ask("PATCH", "Things(2)", patch, type: "application/json-patch+json").status == 200)
        let patched = try await service.get("Things(2)")
        #expect(patched["name"] == "patched" && patched["description"] == "thing 2")
        #expect(patched["properties"] == ["list": [2, 3], "a/b": "second"])
        let bad: JSON = [["op": "replace", "path": "/name", "value": "lost"], ["op": "test", "path": "/description", "value": "?"]]
        #expect(await service.ask("PATCH", "Things(2)", bad, type: "application/json-patch+json").status == 409)
        #expect(try await service.get("Things(2)")["name"] == "patched")
        for operation: JSON in [
            ["op": "remove", "path": "/nothing"], ["op": "fly", "path": "/name"], ["op": "add", "path": "name"], ["path": "/name"],
            ["op": "move", "from": "/properties", "path": "/properties/x"], ["op": "remove", "path": "/name"],
        ] {
            #expect(await service.ask("PATCH", "Things(2)", [operation], type: "application/json-patch+json").status == 400, "\(operation)")
        }
    }

    static let cascades: [(String, gone: [String], stay: [String])] = [
        (
            "Things", ["Things", "Datastreams", "HistoricalLocations", "Observations"],
            ["Locations", "Sensors", "ObservedProperties", "FeaturesOfInterest"]
        ),
        (
            "Datastreams", ["Datastreams", "Observations"],
            ["Things", "Sensors", "ObservedProperties", "FeaturesOfInterest", "Locations", "HistoricalLocations"]
        ),
        (
            "Locations", ["Locations", "HistoricalLocations"],
            ["Things", "Sensors", "ObservedProperties", "FeaturesOfInterest", "Datastreams", "Observations"]
        ),
        (
            "HistoricalLocations", ["HistoricalLocations"],
            ["Things", "Sensors", "ObservedProperties", "FeaturesOfInterest", "Datastreams", "Observations", "Locations"]
        ),
        (
            "Sensors", ["Sensors", "Datastreams", "Observations"],
            ["Things", "ObservedProperties", "FeaturesOfInterest", "Locations", "HistoricalLocations"]
        ),
        (
            "ObservedProperties", ["ObservedProperties", "Datastreams", "Observations"],
            ["Things", "Sensors", "FeaturesOfInterest", "Locations", "HistoricalLocations"]
        ),
        (
            "FeaturesOfInterest", ["FeaturesOfInterest", "Observations"],
            ["Things", "Sensors", "ObservedProperties", "Locations", "HistoricalLocations", "Datastreams"]
        ),
        (
            "Observations", ["Observations"],
            ["Things", "Sensors", "ObservedProperties", "FeaturesOfInterest", "Datastreams", "HistoricalLocations", "Locations"]
        ),
    ]

    @Test(arguments: cascades) func whatCannotBeWithoutTheDeletedGoesToo(_ set: String, gone: [String], stay: [String]) async throws {
        let service = try await SensorThingsUnderTest()
        try await service.create(
            "Things",
            [
                "name": "x", "description": "x", "Locations": [Bodies.location("x", 1, 1)],
                "Datastreams": [
                    Bodies.datastream(
                        "x", ["ObservedProperty": Bodies.observed("x"), "Sensor": Bodies.sensor("x"), "Observations": [["result": 1]]])
                ],
            ])
        #expect(await service.status("DELETE", "\(set)(1)") == 200)
        #expect(await service.status("GET", "\(set)(1)") == 404)
        for set in gone { #expect(try await service.ids(set).isEmpty, "\(set)") }
        for set in stay { #expect(try await service.ids(set) == [1], "\(set)") }
        #expect(await service.status("DELETE", "\(set)(9223372036854775807)") == 404)
        #expect(await service.status("DELETE", set) == 405)
    }

    @Test func observationsComeManyAtOnce() async throws {
        let service = try await TwoThings().service
        let body: JSON = [
            [
                "Datastream": Bodies.ref(1), "components": ["phenomenonTime", "result", "FeatureOfInterest/id"], "dataArray@iot.count": 3,
                "dataArray": [["2016-01-01T00:00:00Z", 20, 1], ["2016-01-01T01:00:00Z", 30, 77], ["2016-01-01T02:00:00Z", 40, 1]],
            ],
            [
                "Datastream": Bodies.ref(2), "components": ["phenomenonTime", "result"],
                "dataArray": [["2016-01-01T00:00:00Z", 65], ["now", 1], [1]],
            ],
        ]
        let answer = await service.ask("POST", "CreateObservations", body)
        let links = answer.json?.elements?.compactMap(\.text) ?? []
        try #require(answer.status == 201 && links.count == 6)
        #expect(links.map { $0.hasPrefix("error") } == [false, true, false, false, true, true])
        #expect(links[1].contains("dataArray[1]") && links[1].contains("FeaturesOfInterest(77)"))
        #expect(try await service.values("Datastreams(1)/Observations?$filter=result ge 20").count == 2)
        #expect(try await service.get("Datastreams(2)")["phenomenonTime"] == "2015-03-04T00:00:00.000Z/2016-01-01T00:00:00.000Z")
        for bad: JSON in [
            [:], [["components": []]], [["Datastream": Bodies.ref(99), "components": [], "dataArray": []]], [["Datastream": Bodies.ref(1)]],
        ] {
            #expect(await service.ask("POST", "CreateObservations", bad).status == 400, "\(bad)")
        }
    }

    @Test func aMultiDatastreamObservesSeveralPropertiesInTheirOrder() async throws {
        let service = try await TwoThings().service
        var body: JSON.Members = [
            "name": "wind", "description": "wind", "multiObservationDataTypes": [.string(Bodies.measurement), .string(Bodies.measurement)],
            "unitOfMeasurements": [
                ["name": "m/s", "symbol": "m/s", "definition": "x"], ["name": "degree", "symbol": "°", "definition": "x"],
            ],
            "Thing": Bodies.ref(1), "Sensor": Bodies.ref(1), "ObservedProperties": [Bodies.ref(3), Bodies.ref(1)],
        ]
        let stream = try await service.create("MultiDatastreams", .object(body))
        #expect(try await service.ids("MultiDatastreams(\(stream))/ObservedProperties") == [3, 1])
        let id = try await service.create("MultiDatastreams(\(stream))/Observations", ["result": [3.5, 270]])
        #expect(try await service.get("Observations(\(id))")["result"] == [3.5, 270])
        #expect(try await service.values("Observations?$filter=result/1 eq 270").count == 1)
        #expect(try await service.get("Observations(\(id))?$expand=MultiDatastream,Datastream")["MultiDatastream"]?["name"] == "wind")
        body["ObservedProperties"] = [Bodies.ref(3)]
        #expect(await service.status("POST", "MultiDatastreams", .object(body)) == 400)
        #expect(await service.status("DELETE", "ObservedProperties(3)") == 200)
        #expect(try await service.ids("MultiDatastreams").isEmpty)
    }

    @Test func whoMayOnlyReadChangesNothing() async throws {
        let service = try await TwoThings().service
        for (method, path) in [
            ("POST", "Things"), ("PATCH", "Things(1)"), ("PUT", "Things(1)"), ("DELETE", "Things(1)"), ("POST", "CreateObservations"),
        ] {
            #expect(await service.ask(method, path, ["name": "x", "description": "x"], mayWrite: false).status == 403)
        }
        let batch = await service.ask(
            "POST", "$batch", ["requests": [["id": "1", "method": "delete", "url": "Things(1)"]]], mayWrite: false)
        #expect(batch.json?["responses"]?.elements?[0]["status"] == 403)
        #expect(await service.ask("POST", "Things", ["name": "x"], type: "text/plain").status == 415)
        #expect(try await service.ids("Things") == [1, 2])
    }

    @Test(arguments: ["1e19", "1e300", "-1e300", "9223372036854775808", "1.5", "true", "{}"])
    func whatIsNoIdOfABatchIsRefused(_ id: String) async throws {
        let service = try await TwoThings().service
        let body = try JSON(parsing: Array(#"{"requests":[{"id":\#(id),"method":"get","url":"Things"}]}"#.utf8))
        #expect(await service.ask("POST", "$batch", body).status == 400)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "7", "1e3", "\"7\""])
    func aBatchAnswersWithTheIdsItWasGiven(_ id: String) async throws {
        let service = try await TwoThings().service
        let body = try JSON(parsing: Array(#"{"requests":[{"id":\#(id),"method":"get","url":"Things"}]}"#.utf8))
        let answer = try #require(await service.ask("POST", "$batch", body).json?["responses"]?.elements?.first)
        #expect(answer["id"] == .string(id == "1e3" ? "1000" : id.filter { $0 != "\"" }) && answer["status"] == 200)
    }

    @Test func aBatchNamesWhatItsEarlierRequestsCreatedAndItsGroupsAreWhole() async throws {
        let service = try await TwoThings().service
        let answer = await service.ask(
            "POST", "$batch",
            [
                "requests": [
                    [
                        "id": "t", "atomicityGroup": "g", "method": "post", "url": "Things",
                        "body": ["name": "b", "description": "b", "Locations": [Bodies.ref(1)]],
                    ],
                    [
                        "id": "d", "atomicityGroup": "g", "method": "post", "url": "$t/Datastreams",
                        "body": Bodies.datastream("b", ["Sensor": Bodies.ref(1), "ObservedProperty": Bodies.ref(1)]),
                    ],
                    ["id": "o", "method": "post", "url": "Observations", "body": ["result": 5, "Datastream": ["@iot.id": "$d"]]],
                    ["id": "g", "method": "get", "url": "Things?$filter=name%20eq%20'b'"],
                    [
                        "id": "x", "atomicityGroup": "h", "method": "post", "url": "Things",
                        "body": ["name": "lost", "description": "lost"],
                    ],
                    ["id": "y", "atomicityGroup": "h", "method": "post", "url": "Things", "body": ["name": "lost"]],
                ]
            ])
        let statuses = answer.json?["responses"]?.elements?.map { $0["status"] } ?? []
        #expect(statuses == [201, 201, 201, 200, 400, 400])
        #expect(
            try await service.values("Things?$filter=name eq 'b'&$expand=Datastreams/Observations")[0]["Datastreams"]?.elements?[0][
                "Observations"]?.elements?.count == 1)
        #expect(try await service.names("Things?$filter=name eq 'lost'").isEmpty)
    }
}
