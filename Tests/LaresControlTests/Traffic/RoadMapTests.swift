import Foundation
import LaresControl
import Testing

@Suite struct RoadMapTests {
    private static func network(_ location: String, lane: String = "0.00,0.00 100.00,0.00") -> [UInt8] {
        Array(
            """
            <net>
            <location \(location)/>
            <edge id=":c_0" function="internal"><lane id=":c_0_0" index="0" speed="9" length="3" shape="0,0 3,0"/></edge>
            <edge id="a" from="A" to="c"><lane id="a_0" index="0" speed="13.9" length="100" shape="\(lane)"/></edge>
            <junction id="c" type="traffic_light" x="100" y="0" shape="95,-5 105,-5 105,5"/>
            <junction id="A" type="dead_end" x="0" y="0" shape=""/>
            </net>
            """.utf8)
    }

    @Test func metresStayMetres() throws {
        let map = try RoadMap(parsing: Self.network("netOffset=\"0,0\" projParameter=\"!\""))
        #expect(!map.isOnEarth)
        #expect(map.lanes.map(\.name) == ["a_0"] && map.lanes[0].shape.map(\.x) == [0, 100])
        #expect(map.junctions.map(\.hasSignals) == [true, false])
        #expect(map.bounds.east == 100)
    }

    /// Golden: what `netconvert --proj.plain-geo` of SUMO 1.28.0 writes for this place.
    @Test func utmIsKnown() throws {
        let location = "netOffset=\"-356000,-5645000\" projParameter=\"+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs\""
        let map = try RoadMap(parsing: Self.network(location, lane: "185.51,163.42 285.51,163.42"))
        #expect(map.isOnEarth)
        let point = try #require(map.lanes.first?.shape.first)
        #expect(abs(point.x - Self.expected.0) < 1e-6 && abs(point.y - Self.expected.1) < 1e-6)
        let end = try #require(map.lanes.first?.shape.last)
        // A hundred metres to the east at this latitude.
        #expect(abs((end.x - point.x) * 111_320 * cos(point.y * .pi / 180) - 100) < 1.5)
    }

    private static let expected = (6.953016, 50.940140)

    @Test(arguments: ["+proj=lcc +lat_1=1", "+proj=utm +zone=0", "+proj=utm", "", "+proj=utm +zone=32 +ellps=bessel"])
    func otherProjectionsAreMetres(projection: String) throws {
        #expect(try !RoadMap(parsing: Self.network("netOffset=\"0,0\" projParameter=\"\(projection)\"")).isOnEarth)
    }

    @Test func aLaneWithoutAShapeIsAnError() {
        #expect(throws: TrafficError.self) {
            try RoadMap(parsing: Self.network("netOffset=\"0,0\" projParameter=\"!\"", lane: "nan,nan"))
        }
        #expect(throws: TrafficError.self) { try RoadMap(parsing: Array("<net/>".utf8)) }
    }

    @Test func damagedNetworksNeverTrap() {
        var mutations = TrafficMutations(seed: 23), read = 0
        let good = Self.network("netOffset=\"-356000,-5645000\" projParameter=\"+proj=utm +zone=32\"")
        for _ in 0..<TrafficMutations.inputs / 4 {
            if (try? RoadMap(parsing: mutations.mutate(good))) != nil { read += 1 }
        }
        #expect(read < TrafficMutations.inputs / 4)
    }
}
