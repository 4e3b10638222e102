import Foundation
import LaresJSON
import LaresServer
import Testing

/// The parts that the map, the signals and the day are made of.
struct CityMapTests {
    private let whole: JSON = [
        "id": "A1", "position": [13.4, 52.5], "controller": "max-wave", "model": ["name": "planner", "version": 2], "stage": "active",
        "owner": ["kind": "controller", "name": "max-wave"], "takenOver": false, "fallBack": .null, "phase": 1, "phases": ["GGrr", "rrGG"],
        "aspects": "rrGg", "green": 12, "queue": 4.0, "vehicles": 9, "delay": 12.3, "throughput": 410,
        "approaches": [["lane": "a_0", "standing": 3.0, "waited": 41.0, "loops": [["distance": 1.5, "fault": "stuck"]]]],
        "requirements": ["hours": 24.0], "figures": ["hours": 3.1], "series": ["queue": "signal_a1/queue"],
    ]

    private func changed(_ key: String, _ value: JSON) throws -> Junction {
        guard case .object(var members) = whole else { throw CancellationError() }
        members[key] = value
        return try #require(Junction(.object(members)))
    }

    @Test func aJunctionIsReadAsTheAPITellsOfIt() throws {
        let junction = try #require(Junction(whole))
        #expect(junction.id == "A1" && junction.position?.x == 13.4 && junction.position?.y == 52.5)
        #expect(junction.model?.name == "planner" && junction.model?.version == 2 && junction.phase == 1)
        #expect(junction.keeper == .controller && junction.approaches.first?.faults == ["stuck"] && junction.needsLook)
        #expect(junction.isOf("signal_a1") && junction.isOf("district/signal_a1") && !junction.isOf("signal_a") && !junction.isOf(""))
    }

    @Test func whoDecidesIsSaidOnce() throws {
        #expect(try changed("takenOver", true).keeper == .person)
        #expect(try changed("fallBack", "nothing is seen").keeper == .fallBack)
        #expect(try changed("stage", "shadow").keeper == .programme)
        #expect(try changed("stage", .null).keeper == .programme)
        #expect(try changed("controller", "fixed").keeper == .programme)
    }

    /// In the shadow queues are the programme's, so nothing is asked of them; out of the guarded stage they are what counts.
    @Test func whatMustHoldIsWhatTheStageAsksFor() throws {
        let requirements: JSON = ["hours": 24, "askedAnHour": 60, "answered": 0.999, "wished": 0.5, "queueToRise": 1.0, "queueToFall": 1.3]
        let figures: JSON = ["hours": 25, "asked": 1_439, "answered": 1.0, "wished": 0.5, "queue": 1.01]
        func needs(_ stage: JSON) throws -> [Junction.Need] {
            guard case .object(var members) = whole else { return [] }
            (members["stage"], members["requirements"], members["figures"]) = (stage, requirements, figures)
            return try #require(Junction(.object(members))).needs
        }
        let shadow = try needs("shadow"), guarded = try needs("guarded")
        #expect(shadow.map(\.figure) == ["hours", "asked", "answered", "wished"] && shadow.map(\.holds) == [true, false, true, true])
        #expect(shadow.map(\.needed) == [24, 1_440, 0.999, 0.5])
        #expect(guarded.map(\.figure) == ["hours", "asked", "answered", "queue"] && guarded.last?.holds == false)
        #expect(try needs("active").isEmpty && needs(.null).isEmpty)
        // What nobody knows yet doesn't hold.
        #expect(try changed("stage", "shadow").needs.map(\.figure) == ["hours"])
        #expect(try !changed("stage", "shadow").needs[0].holds)
    }

    @Test(arguments: ["id", "position", "model", "phase", "phases", "aspects", "queue", "approaches", "figures", "series", "owner"])
    func aJunctionWithNonsenseIsOneThatKnowsLess(key: String) throws {
        guard case .object(let members) = whole else { return }
        let odd: [JSON] = [.null, 1e308, -1, "x", true, [], [:], [.null, ["a": "b"]], .double(.nan), .double(.infinity)]
        for value in odd {
            var changed = members
            changed[key] = value
            let junction = Junction(.object(changed))
            #expect((junction == nil) == (key == "id" && value.text == nil))
            #expect(junction?.light([-1, 0, 5_000]) != "x" && junction?.page.hasPrefix("/signals/") != false)
        }
        #expect(Junction([]) == nil && Junction(.null) == nil && Junction(["id": ""]) == nil)
    }

    @Test func whatAnApproachShowsIsWhatMayGo() throws {
        let junction = try #require(Junction(whole))
        #expect(junction.light([0, 1]) == "r" && junction.light([0, 2]) == "G" && junction.light([3]) == "g")
        #expect(junction.light([]) == nil && junction.light([-1, 99]) == nil)
        #expect(
            Junction.goes(0, in: "GGrr") && !Junction.goes(2, in: "GGrr") && !Junction.goes(-1, in: "GG") && !Junction.goes(9, in: "GG"))
    }

    @Test func headsAreFoundByTheirLanes() {
        let head: (Int, JSON) -> JSON = { ["properties": ["kind": "head", "junction": "A1", "lane": $1, "link": .int($0)]] }
        let heads = SignalHeads(["features": [head(0, "a_0"), head(1, "a_0"), head(2, .null), ["properties": ["kind": "lane"]], 7]])
        #expect(heads.links(of: "a_0", at: "A1") == [0, 1] && heads.links(of: "b_0", at: "A1").isEmpty && heads.lanes(of: "x").isEmpty)
        #expect(SignalHeads(.null).lanes(of: "A1").isEmpty)
    }

    @Test func whatCannotBeDrawnIsNoFeature() {
        let line: JSON = ["type": "LineString", "coordinates": [[0, 0], [1, 1]]], end: JSON = ["type": "Point", "coordinates": [0, 0]]
        func feature(_ kind: String, _ geometry: JSON) -> JSON {
            ["geometry": geometry, "properties": ["kind": .string(kind), "lane": "a_0"]]
        }
        let drawn = MapGround.drawn([
            "features": [feature("lane", line), feature("junction", end), feature("head", end), [:], .null, feature("junction", line)]
        ])
        // A road that just ends is a point, and the map's script gives up at a feature that is null.
        #expect(drawn["features"]?.elements?.count == 2 && drawn["features"]?.elements?.contains(.null) == false)
        #expect(MapGround.drawn(.null)["features"] == [])
    }

    @Test func lanesAreNamedByWhereTheyComeFrom() {
        func lane(_ name: String, _ edge: String, _ line: JSON) -> JSON {
            [
                "geometry": ["type": "LineString", "coordinates": line],
                "properties": ["kind": "lane", "lane": .string(name), "edge": .string(edge), "use": "traffic", "junction": "A1"],
            ]
        }
        let lanes = [
            lane("n_0", "n", [[0, 100], [0, 10]]), lane("n_1", "n", [[3, 100], [3, 10]]), lane("w_0", "w", [[-100, -3], [-10, -3]]),
            lane("se_0", "se", [[100, -100], [10, -10]]), lane("se2_0", "se2", [[100, -90], [10, -10]]),
            lane("x_0", "x", [[0, 0], [0, 0]]),
            lane("y_0", "y", ["a"]),
        ]
        let heads = SignalHeads(["lares": ["crs": "local-metres"], "features": .array(lanes)])
        let north = heads.side(of: "n_1")
        #expect(north?.name == "north" && north?.number == 2 && north?.count == 2 && heads.side(of: "w_0")?.name == "west")
        // Two roads from one side can't be told apart by it, and what has no direction has no side.
        for name in ["se_0", "se2_0", "x_0", "y_0", "z"] { #expect(heads.side(of: name) == nil) }
        // A degree of longitude is shorter than one of latitude.
        let earth = SignalHeads(["lares": ["crs": "wgs84"], "features": [lane("e_0", "e", [[10.002, 60.0006], [10, 60]])]])
        #expect(earth.side(of: "e_0")?.name == "northeast")
    }

    @Test func theMiddleOfAGeometryIsThatOfItsBox() throws {
        let ring: JSON = [[[6.0, 50.0], [8.0, 50.0], [8.0, 54.0], [6.0, 50.0]]]
        let middle = try #require(PlacedThing.middle(of: ["type": "Polygon", "coordinates": ring]))
        #expect(middle.x == 7 && middle.y == 52)
        let feature: JSON = ["type": "Feature", "geometry": ["type": "Point", "coordinates": [6.95, 50.93, 12]]]
        #expect(PlacedThing.middle(of: feature)?.x == 6.95)
        for odd: JSON in [
            .null, "x", ["coordinates": []], ["coordinates": [200, 0]], ["coordinates": [0, 91]], ["coordinates": ["a", "b"]],
        ] {
            #expect(PlacedThing.middle(of: odd) == nil)
        }
    }

    @Test func geometriesWithoutEndAreNotFollowed() {
        var deep: JSON = [1, 2]
        for _ in 0..<500 { deep = [deep, deep] }
        #expect(PlacedThing.middle(of: ["type": "Polygon", "coordinates": deep])?.x == 1)
        let wide = JSON.array((0..<20_000).map { [.double(Double($0 % 180)), .double(0)] })
        #expect(PlacedThing.middle(of: ["type": "LineString", "coordinates": wide]) != nil)
    }

    @Test func aDayIsThatOfThePlace() throws {
        let rome = try #require(TimeZone(identifier: "Europe/Rome"))
        let now = Date(timeIntervalSince1970: 1_795_478_400 + 23.5 * 3_600)  // 24 Nov 2026, 23:30 UTC: 25 Nov in Rome
        let today = DaySpan(nil, in: rome, now: now)
        #expect(today.isToday && today.day(0) == "2026-11-25" && today.day(-1) == "2026-11-24" && today.contains(now))
        let before = DaySpan("2026-10-25", in: rome, now: now)
        #expect(!before.isToday && before.end.timeIntervalSince(before.start) == 25 * 3_600, "summer time ends")
        #expect(before.day(1) == "2026-10-26" && before.day(-1) == "2026-10-24")
        for odd in ["", "x", "2026-13-01", "9999-99-99", "2027-01-01", "-1-1-1", "2026-11-25-1", "0-0-0"] {
            #expect(DaySpan(odd, in: rome, now: now).isToday, "\(odd)")
        }
    }

    @Test func librariesComeFromWhereTheSystemHasThem() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lares-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let leaflet = folder.appending(path: "leaflet")
        try FileManager.default.createDirectory(at: leaflet, withIntermediateDirectories: true)
        try Data("export {}".utf8).write(to: leaflet.appending(path: "leaflet.esm.min.js"))
        let own = Resources.folder.appending(path: "Assets")
        let half = try AssetLibrary(folder: own, packaged: folder)
        #expect(half.address(of: "leaflet.esm.min.js") != nil && !half.hasMap, "a script without its styles is no map")
        try Data(".a{}".utf8).write(to: leaflet.appending(path: "leaflet.css"))
        let whole = try AssetLibrary(folder: own, packaged: folder)
        #expect(whole.hasMap)
        let none = try AssetLibrary(folder: own, packaged: folder.appending(path: "nothing"))
        #expect(none.address(of: "leaflet.css") == nil && none.address(of: "map.js") != nil && !none.hasMap)
        try Data(repeating: 32, count: 2 << 20).write(to: leaflet.appending(path: "leaflet.css"))
        #expect(try !AssetLibrary(folder: own, packaged: folder).hasMap, "what is larger than any library isn't one")
    }
}
