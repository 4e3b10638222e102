import LaresJSON
import LaresStandards
import Testing

struct NGSIGeoQueryTests {
    private static let square = "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]"
    private static let ring = "[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]"

    private func holds(_ georel: String, _ geometry: String, _ coordinates: String, _ place: String) throws -> Bool {
        let entity = try ngsiEntity(#"{"id":"urn:a:1","type":"T","location":{"type":"GeoProperty","value":\#(place)}}"#)
        let query = try NGSIGeoQuery(georel: georel, geometry: geometry, coordinates: try ngsiJSON(coordinates), property: nil, .core)
        return query.matches(entity)
    }

    private func point(_ x: Double, _ y: Double) -> String { #"{"type":"Point","coordinates":[\#(x),\#(y)]}"# }

    @Test(arguments: [
        ("within", 5.0, 5.0, true), ("within", 11, 5, false), ("intersects", 0, 5, true), ("disjoint", 11, 5, true),
        ("disjoint", 5, 5, false), ("contains", 5, 5, false),
    ])
    func pointsLieToASquare(_ relation: String, _ x: Double, _ y: Double, _ isSo: Bool) throws {
        #expect(try holds(relation, "Polygon", Self.square, point(x, y)) == isSo)
    }

    @Test func whatLiesInAHoleIsOutside() throws {
        #expect(try !holds("within", "Polygon", Self.ring, point(5, 5)))
        #expect(try holds("within", "Polygon", Self.ring, point(2, 2)))
        #expect(try !holds("within", "Polygon", Self.ring, #"{"type":"Polygon","coordinates":[[[3,3],[7,3],[7,7],[3,7],[3,3]]]}"#))
    }

    @Test func areasOverlapContainAndAreEqual() throws {
        let half = #"{"type":"Polygon","coordinates":[[[5,5],[15,5],[15,15],[5,15],[5,5]]]}"#
        let inner = #"{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2],[1,1]]]}"#
        let beside = #"{"type":"Polygon","coordinates":[[[10,0],[20,0],[20,10],[10,10],[10,0]]]}"#
        #expect(try holds("overlaps", "Polygon", Self.square, half))
        #expect(try !holds("overlaps", "Polygon", Self.square, inner))
        #expect(try !holds("overlaps", "Polygon", Self.square, beside))
        #expect(try holds("intersects", "Polygon", Self.square, beside))
        #expect(try holds("contains", "Point", "[1.5,1.5]", inner))
        #expect(
            try holds("equals", "Polygon", "[[[10,0],[10,10],[0,10],[0,0],[10,0]]]", #"{"type":"Polygon","coordinates":\#(Self.square)}"#))
        #expect(try holds("within", "Polygon", Self.square, #"{"type":"LineString","coordinates":[[0,0],[10,10]]}"#))
        #expect(try !holds("within", "Polygon", Self.square, #"{"type":"LineString","coordinates":[[5,5],[12,5]]}"#))
    }

    /// From Berlin's Brandenburg Gate to its Alexanderplatz it is 2.5 km.
    @Test(arguments: [
        ("near;maxDistance==2600", true), ("near;maxDistance==2300", false), ("near;minDistance==2300", true),
        ("near;minDistance==2600", false),
    ])
    func distancesAreThoseOnTheSphere(_ georel: String, _ isSo: Bool) throws {
        #expect(try holds(georel, "Point", "[13.3777,52.5163]", point(13.4132, 52.5219)) == isSo)
    }

    @Test func theIndexFindsWhatIsNear() throws {
        let stand = try NGSIStand()
        for x in 0..<20 {
            let entity = try ngsiEntity(
                #"{"id":"urn:p:\#(x)","type":"T","location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[\#(13.0 + Double(x) * 0.01),52.5]}}}"#
            )
            try stand.broker.create(entity, tenant: "")
        }
        var selection = NGSIEntitySelection()
        selection.place = try NGSIGeoQuery(
            georel: "near;maxDistance==2000", geometry: "Point", coordinates: [13.1, 52.5], property: nil, .core)
        // 0.01° are 677 m here: the place itself and two to each side.
        #expect(try stand.broker.query(selection, limit: 100, offset: 0, counts: true, tenant: "").count == 5)
    }

    @Test(arguments: [
        ("near", "Point", "[1,2]"), ("near;maxDistance==-1", "Point", "[1,2]"), ("beside", "Point", "[1,2]"),
        ("within", "Polygon", "[[[0,0],[1,0],[1,1]]]"), ("within", "Point", "[1]"), ("within", "Point", "[1,95]"),
        ("near;maxDistance==1;minDistance==2", "Point", "[1,2]"), ("within", "Cube", "[1,2]"),
    ])
    func whatIsNoPlaceIsRefused(_ georel: String, _ geometry: String, _ coordinates: String) throws {
        #expect(throws: NGSIError.self) {
            try NGSIGeoQuery(georel: georel, geometry: geometry, coordinates: try ngsiJSON(coordinates), property: nil, .core)
        }
    }
}
