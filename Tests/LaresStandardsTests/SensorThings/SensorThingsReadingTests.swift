import LaresJSON
import LaresStandards
import Testing

/// Reading entities, properties and links, as the first capability of OGC's test suite for SensorThings asks it; our own tests.
@Suite struct SensorThingsReadingTests {
    static let sets: [(set: String, properties: [String], links: [String])] = [
        ("Things", ["name", "description"], ["Datastreams", "HistoricalLocations", "Locations"]),
        ("Locations", ["name", "description", "encodingType", "location"], ["HistoricalLocations", "Things"]),
        ("HistoricalLocations", ["time"], ["Thing", "Locations"]),
        (
            "Datastreams", ["name", "description", "unitOfMeasurement", "observationType"],
            ["Thing", "Sensor", "ObservedProperty", "Observations"]
        ),
        ("Sensors", ["name", "description", "encodingType", "metadata"], ["Datastreams"]),
        ("ObservedProperties", ["name", "definition", "description"], ["Datastreams"]),
        ("Observations", ["phenomenonTime", "result", "resultTime"], ["Datastream", "FeatureOfInterest"]),
        ("FeaturesOfInterest", ["name", "description", "encodingType", "feature"], ["Observations"]),
    ]

    @Test func setsAndEntitiesHaveControlInformationPropertiesAndLinks() async throws {
        let service = try await TwoThings().service
        for (set, properties, links) in Self.sets {
            let all = try await service.values(set)
            let first = try #require(all.first)
            let id = try #require(first["@iot.id"]?.number).map { Int($0) }
            #expect(try await service.get("\(set)(\(id))") == first)
            #expect(first["@iot.selfLink"]?.text == "\(SensorThingsUnderTest.root)/\(set)(\(id))")
            for property in properties { #expect(first[property] != nil, "\(set) \(property)") }
            for link in links {
                #expect(first[link + "@iot.navigationLink"]?.text == "\(SensorThingsUnderTest.root)/\(set)(\(id))/\(link)")
            }
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        let service = try await TwoThings().service
        for (set, _, _) in Self.sets {
            for id in ["9223372036854775807", "9223372036854775808", "0", "-1", "abc", "", "1.5", "'1'"] {
                #expect(await service.ask("GET", "\(set)(\(id))").status == 404, "\(set)(\(id))")
            }
        }
        for path in [
            "Thing", "Things(1)/Foo", "Things/name", "Things(1)/name/more/deep", "Nothing(1)", "Things(1)/$value", "$ref", "Things(1",
            "Observations(1)/MultiDatastream",
        ] {
            #expect(await service.ask("GET", path).status == 404, "\(path)")
        }
        #expect(try await service.refusal("Things(1)/Foo", status: 404).contains("Datastreams"))
    }

    @Test func propertiesAreReadAloneAndBare() async throws {
        let service = try await TwoThings().service
        for (set, properties, _) in Self.sets {
            for property in properties where property != "resultTime" {
                let alone = try await service.get("\(set)(1)/\(property)")
                guard case .object(let members) = alone else {
                    Issue.record("\(alone)")
                    return
                }
                #expect(members.count == 1 && members[property] != nil)
                let bare = await service.ask("GET", "\(set)(1)/\(property)/$value")
                let isObject = ["location", "feature", "unitOfMeasurement"].contains(property)
                #expect(bare.status == 200 && (bare.body.first == UInt8(ascii: "{")) == isObject)
            }
        }
        #expect(await service.ask("GET", "Observations(1)/resultTime").status == 204)
        #expect(await service.ask("GET", "Observations(1)/result/$value").body == Array("1".utf8))
        #expect(await service.ask("GET", "Things(1)/name/$value").body == Array("thing 1".utf8))
        #expect(try await service.get("Things(1)/properties/reference") == ["reference": "first"])
    }

    @Test func pathsLeadFourLinksDeepAndGiveReferences() async throws {
        let service = try await TwoThings().service
        var walked = 0
        func walk(_ path: String, _ set: String, _ depth: Int) async throws {
            guard depth < 4, let entry = Self.sets.first(where: { $0.set == set }) else { return }
            for link in entry.links {
                let isMany = Self.sets.contains { $0.set == link }
                let target =
                    isMany
                    ? link
                    : link == "FeatureOfInterest" ? "FeaturesOfInterest" : link == "ObservedProperty" ? "ObservedProperties" : link + "s"
                let found = try await service.get("\(path)/\(link)")
                let reference = try await service.get("\(path)/\(link)/$ref")
                walked += 1
                guard isMany else {
                    #expect(reference == ["@iot.selfLink": found["@iot.selfLink"] ?? .null])
                    try await walk("\(path)/\(link)", target, depth + 1)
                    continue
                }
                let all = try #require(found["value"]?.elements)
                #expect(reference["value"]?.elements == all.map { ["@iot.selfLink": $0["@iot.selfLink"] ?? .null] })
                let id = Int(try #require(all.first?["@iot.id"]?.number, "\(path)/\(link)"))
                try await walk("\(path)/\(link)(\(id))", target, depth + 1)
            }
        }
        for (set, _, _) in Self.sets { try await walk("\(set)(1)", set, 1) }
        #expect(walked > 100)
        // Who isn't behind a link isn't found there.
        #expect(await service.ask("GET", "Things(1)/Datastreams(3)").status == 404)
        #expect(await service.ask("GET", "Things(1)/Datastreams(2)/Observations(1)").status == 404)
        #expect(await service.ask("GET", "Things/$count").body == Array("2".utf8))
        #expect(await service.ask("GET", "Datastreams(1)/Observations/$count?$filter=result%20ge%202").body == Array("2".utf8))
    }

    @Test func theRootNamesTheSetsAndWhatIsConformedTo() async throws {
        let service = try await SensorThingsUnderTest()
        let root = try await service.get("")
        let names = root["value"]?.elements?.compactMap { $0["name"]?.text } ?? []
        #expect(Set(names) == Set(Self.sets.map(\.set) + ["MultiDatastreams"]))
        #expect(
            root["value"]?.elements?.allSatisfy { $0["url"]?.text == "\(SensorThingsUnderTest.root)/\($0["name"]?.text ?? "")" } == true)
        #expect(
            root["serverSettings"]?["conformance"]?.elements?.contains("http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel") == true)
    }

    @Test(arguments: ["OPTIONS", "TRACE", "get", ""]) func otherMethodsAreNotAllowed(_ method: String) async throws {
        let answer = try await SensorThingsUnderTest().ask(method, "Things")
        #expect(answer.status == 405 && answer.headers["Allow"]?.contains("PATCH") == true)
    }
}

extension Double {
    fileprivate func map<T>(_ body: (Double) -> T) -> T { body(self) }
}
