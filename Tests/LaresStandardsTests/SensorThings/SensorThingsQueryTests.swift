import LaresJSON
import LaresStandards
import Testing

/// Query options, as the third capability of OGC's test suite for SensorThings asks them; our own tests.
@Suite struct SensorThingsQueryTests {
    @Test func selectGivesWhatItNames() async throws {
        let service = try await TwoThings().service
        for (set, properties, links) in SensorThingsReadingTests.sets {
            for name in properties + links {
                for entity in try await service.values("\(set)?$select=\(name)") {
                    guard case .object(let members) = entity else {
                        Issue.record("\(entity)")
                        return
                    }
                    #expect(members.map(\.key) == [links.contains(name) ? name + "@iot.navigationLink" : name])
                }
            }
            let all = try await service.values("\(set)?$select=id,\(properties.joined(separator: ","))")
            #expect(
                all.allSatisfy { entity in
                    entity["@iot.id"] != nil && properties.allSatisfy { entity[$0] != nil } && entity["@iot.selfLink"] == nil
                })
        }
        #expect(try await service.refusal("Things?$select=nothing").contains("'nothing'"))
        #expect(try await service.values("Datastreams(1)/Observations?$select=result").map { $0["result"] } == [1, 2, 3])
    }

    @Test func expandShowsWhatLinksLeadTo() async throws {
        let service = try await TwoThings().service
        for (set, _, links) in SensorThingsReadingTests.sets {
            let all = try await service.values("\(set)?$expand=\(links.joined(separator: ","))")
            for (i, entity) in all.enumerated() {
                let id = try #require(try await service.ids(set).dropFirst(i).first)
                for link in links {
                    #expect(entity[link + "@iot.navigationLink"] == nil)
                    let there = try await service.get("\(set)(\(id))/\(link)")
                    #expect(entity[link] == (there["value"] ?? there), "\(set)(\(id))/\(link)")
                }
            }
        }
        let deep = try await service.get(
            "Things(1)?$select=name&$expand=Datastreams($select=name;$orderby=name desc;$top=1;$count=true;$expand=Observations($filter=result gt 4;$select=result)),Locations/HistoricalLocations"
        )
        let streams = try #require(deep["Datastreams"]?.elements)
        #expect(deep["Datastreams@iot.count"] == 2 && streams.count == 1 && streams[0]["name"] == "datastream 2")
        #expect(streams[0]["Observations"]?.elements?.map { $0["result"] } == [5, 6])
        #expect(deep["Datastreams@iot.nextLink"]?.text?.contains("Things(1)/Datastreams?") == true)
        #expect(deep["Locations"]?.elements?[0]["HistoricalLocations"]?.elements?.count == 2)
        #expect(try await service.refusal("Things?$expand=Datastreams($expand=Nothing)").contains("'Nothing'"))
    }

    static let counts = [
        "Things": 2, "Locations": 2, "FeaturesOfInterest": 2, "ObservedProperties": 3, "HistoricalLocations": 4, "Sensors": 4,
        "Datastreams": 4, "Observations": 12,
    ]

    @Test(arguments: counts.keys.sorted()) func topSkipAndCountTurnPages(_ set: String) async throws {
        let service = try await TwoThings().service
        let count = try #require(Self.counts[set])
        let all = try await service.ids(set)
        #expect(all.count == count)
        for top in 1...5 {
            let page = try await service.get("\(set)?$top=\(top)&$count=true")
            #expect(page["value"]?.elements?.count == min(top, count) && page["@iot.count"] == .int(count))
            #expect((page["@iot.nextLink"] != nil) == (top < count))
            let skipped = try await service.get("\(set)?$skip=\(top)")
            #expect(skipped["value"]?.elements?.count == max(0, count - top) && skipped["@iot.nextLink"] == nil)
            // Both ways of turning pages show everything once.
            for order in ["", "&$orderby=id desc"] {
                var (next, seen): (String?, [Int]) = ("\(set)?$top=\(top)\(order)", [])
                while let address = next {
                    let page = try await service.get(address)
                    seen += page["value"]?.elements?.compactMap { $0["@iot.id"]?.number.map { Int($0) } } ?? []
                    next = page["@iot.nextLink"]?.text.map { String($0.dropFirst(SensorThingsUnderTest.root.count + 1)) }
                    #expect(seen.count <= count)
                    if seen.count > count { break }
                }
                #expect(seen == (order.isEmpty ? all : all.reversed()))
            }
        }
        #expect(try await service.get("\(set)?$top=0&$count=true")["value"] == [])
    }

    @Test func orderbySortsByOneAndByMany() async throws {
        let service = try await TwoThings().service
        for (set, properties, _) in SensorThingsReadingTests.sets {
            for property in properties where property != "unitOfMeasurement" {
                let rising = try await service.values("\(set)?$orderby=\(property) asc"),
                    falling = try await service.values("\(set)?$orderby=\(property) desc")
                let keys = { (all: [JSON]) in
                    all.map { $0[property]?.number.map { String(Int($0) + 1_000) } ?? $0[property]?.serialized ?? "" }
                }
                #expect(keys(rising) == keys(rising).sorted(), "\(set) \(property)")
                #expect(keys(falling) == keys(falling).sorted(by: >), "\(set) \(property)")
            }
        }
        #expect(
            try await service.names("Datastreams?$orderby=Thing/name desc,name asc") == [
                "datastream 3", "datastream 4", "datastream 1", "datastream 2",
            ])
        #expect(try await service.ids("Observations?$orderby=result mod 5 desc,result&$top=4") == [4, 9, 3, 8])
        #expect(try await service.refusal("Things?$orderby=Datastreams/name").contains("many"))
        #expect(try await service.refusal("Things?$orderby=name down").contains("'asc' or 'desc'"))
    }

    @Test func theOptionsAreAppliedInTheirOrder() async throws {
        let service = try await TwoThings().service
        // A text makes texts of what is compared with it: "10" comes before "3".
        let page = try await service.get("Observations?$count=true&$top=1&$skip=2&$orderby=phenomenonTime asc&$filter=result gt '3'")
        #expect(page["@iot.count"] == 6 && page["value"]?.elements?.map { $0["result"] } == [6])
    }

    static let samples: [(String, String, String)] = [
        ("Things", "name", "'thing 1'"), ("Locations", "description", "'location 2'"),
        ("Locations", "encodingType", "'application/vnd.geo+json'"),
        ("HistoricalLocations", "time", "2027-01-15T08:00:30.000Z"), ("Datastreams", "name", "'datastream 2'"),
        ("Datastreams", "observationType", "'\(Bodies.measurement)'"), ("Sensors", "metadata", "'Light flux sensor'"),
        ("ObservedProperties", "definition", "'http://example.org/Temperature'"),
        ("Observations", "phenomenonTime", "2015-03-02T00:00:00.000Z"),
        ("Observations", "result", "'2'"), ("Observations", "result", "7"), ("FeaturesOfInterest", "name", "'location 1'"),
    ]

    @Test(arguments: samples) func comparisonsDivideASet(_ set: String, _ property: String, _ value: String) async throws {
        let service = try await TwoThings().service
        var found: [String: Set<Int>] = [:]
        for operation in ["lt", "le", "eq", "ne", "ge", "gt"] {
            found[operation] = Set(try await service.ids("\(set)?$filter=\(property) \(operation) \(value)"))
            #expect(
                try await service.ids("\(set)?$filter=not (\(property) \(operation) \(value))").allSatisfy {
                    found[operation]?.contains($0) == false
                })
        }
        let all = Set(try await service.ids(set)), none: Set<Int> = []
        let (less, same, more) = (found["lt"] ?? none, found["eq"] ?? none, found["gt"] ?? none)
        #expect(
            less.union(same).union(more) == all && less.isDisjoint(with: same) && more.isDisjoint(with: same) && less.isDisjoint(with: more)
        )
        #expect(found["le"] == less.union(same) && found["ge"] == more.union(same) && found["ne"] == all.subtracting(same))
    }

    @Test func aDataArrayHasValuesByStream() async throws {
        let service = try await TwoThings().service
        let groups = try await service.values("Observations?$resultFormat=dataArray&$top=4&$select=id,result")
        #expect(groups.count == 2)
        #expect(groups[0]["Datastream@iot.navigationLink"]?.text == SensorThingsUnderTest.root + "/Datastreams(1)")
        #expect(groups[0]["components"] == ["id", "result"] && groups[0]["dataArray"] == [[1, 1], [2, 2], [3, 3]])
        #expect(groups[1]["dataArray@iot.count"] == 1)
        #expect(
            try await service.get("Datastreams(1)/Observations?$resultFormat=dataArray&$top=1")["@iot.nextLink"]?.text?.contains(
                "dataArray") == true)
        for bad in [
            "Things?$resultFormat=dataArray", "Observations?$resultFormat=csv", "Observations?$resultFormat=dataArray&$expand=Datastream",
        ] {
            #expect(try await !service.refusal(bad).isEmpty)
        }
    }
}
