import LaresJSON
import LaresStandards
import Testing

/// Spatial functions, by pairs whose relations are known: DE-9IM matrices as PostGIS gives them for these shapes.
@Suite struct SensorThingsGeometryTests {
    static let square = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0))"
    static let holed = "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4))"

    static let matrices: [(String, String, String)] = [
        ("POINT(1 1)", "POINT(1 1)", "0FFFFFFF2"), ("POINT(1 1)", "POINT(2 2)", "FF0FFF0F2"), ("POINT(5 5)", square, "0FFFFF212"),
        ("POINT(5 5)", holed, "FF0FFF212"), ("POINT(4 5)", holed, "F0FFFF212"), ("POINT(0 5)", square, "F0FFFF212"),
        ("LINESTRING(0 0, 10 10)", "LINESTRING(0 10, 10 0)", "0F1FF0102"), ("LINESTRING(0 0, 10 0)", "LINESTRING(5 0, 15 0)", "1010F0102"),
        ("LINESTRING(0 0, 10 0)", "LINESTRING(10 0, 20 0)", "FF1F00102"), ("LINESTRING(-5 5, 15 5)", square, "101FF0212"),
        ("LINESTRING(1 1, 9 9)", square, "1FF0FF212"), ("LINESTRING(0 0, 10 0)", square, "F1FF0F212"),
        (square, "POLYGON((5 5, 15 5, 15 15, 5 15, 5 5))", "212101212"), (square, "POLYGON((10 0, 20 0, 20 10, 10 10, 10 0))", "FF2F11212"),
        (square, "POLYGON((2 2, 3 2, 3 3, 2 3, 2 2))", "212FF1FF2"), (square, square, "2FFF1FFF2"),
        (square, "POLYGON((20 20, 30 20, 30 30, 20 20))", "FF2FF1212"),
        (holed, "POLYGON((4.5 4.5, 5.5 4.5, 5.5 5.5, 4.5 4.5))", "FF2FF1212"), ("POLYGON((4 4, 6 4, 6 6, 4 6, 4 4))", holed, "FF2F1F212"),
        ("MULTIPOINT((5 5), (20 20))", square, "0F0FFF212"), ("LINESTRING(0 0, 5 0, 5 5, 0 0)", "POINT(0 0)", "0F1FFFFF2"),
    ]

    @Test(arguments: matrices) func theNineIntersectionsAreRight(_ a: String, _ b: String, _ matrix: String) async throws {
        let turned = [0, 3, 6, 1, 4, 7, 2, 5, 8].map { Array(matrix)[$0] }
        #expect(try await Self.holds("st_relate(geography'\(a)', geography'\(b)', '\(matrix)')"))
        #expect(try await Self.holds("st_relate(geography'\(b)', geography'\(a)', '\(String(turned))')"))
    }

    static let predicates: [(String, String, String, Bool)] = [
        ("st_crosses", "LINESTRING(0 0, 10 10)", "LINESTRING(0 10, 10 0)", true), ("st_crosses", "LINESTRING(-5 5, 15 5)", square, true),
        ("st_crosses", "LINESTRING(1 1, 9 9)", square, false), ("st_overlaps", square, "POLYGON((5 5, 15 5, 15 15, 5 15, 5 5))", true),
        ("st_overlaps", square, square, false), ("st_overlaps", "LINESTRING(0 0, 10 0)", "LINESTRING(5 0, 15 0)", true),
        ("st_equals", square, "POLYGON((10 10, 0 10, 0 0, 10 0, 10 10))", true),
        ("st_touches", square, "POLYGON((10 0, 20 0, 20 10, 10 10, 10 0))", true),
        ("st_touches", square, "POLYGON((5 5, 15 5, 15 15, 5 5))", false),
        ("st_within", "POINT(0 5)", square, false), ("st_within", "POINT(5 5)", square, true),
        ("st_within", "LINESTRING(0 0, 10 10)", square, true), ("st_contains", square, "LINESTRING(1 1, 2 2)", true),
        ("st_intersects", square, "LINESTRING(10 10, 20 20)", true), ("st_disjoint", square, "LINESTRING(11 11, 20 20)", true),
        ("st_disjoint", holed, "POINT(5 5)", true),
        ("st_intersects", "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "POINT Z (6 6 100)", true),
        ("st_within", square, "SRID=4326;POLYGON((-1 -1, 11 -1, 11 11, -1 11, -1 -1))", true),
        ("st_equals", "GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(2 2, 3 3))", "GEOMETRYCOLLECTION(LINESTRING(3 3, 2 2), POINT(1 1))", true),
    ]

    @Test(arguments: predicates) func thePredicatesAreRight(_ name: String, _ a: String, _ b: String, _ expected: Bool) async throws {
        #expect(try await Self.holds("\(name)(geography'\(a)', geography'\(b)')") == expected)
    }

    @Test func distancesAndLengthsAreOfThePlane() async throws {
        #expect(try await Self.holds("geo.distance(geography'POINT(13 14)', geography'\(Self.square)') eq 5"))
        #expect(try await Self.holds("geo.distance(geography'POINT(5 5)', geography'\(Self.square)') eq 0"))
        #expect(try await Self.holds("geo.distance(geography'LINESTRING(0 20, 10 20)', geography'\(Self.square)') eq 10"))
        #expect(try await Self.holds("geo.length(geography'MULTILINESTRING((0 0, 3 4), (0 0, 0 2))') eq 7"))
    }

    static let wrong = [
        "POINT(1)", "POINT 1 2", "POINT(1 2", "POLYGON((0 0, 1 1))", "LINESTRING(0 0)", "POINT(1e999 2)", "POINT(nan 2)", "", "CURVE(1 2)",
        "POINT(1 2) x", "GEOMETRYCOLLECTION(" + String(repeating: "GEOMETRYCOLLECTION(", count: 20),
    ]

    @Test(arguments: wrong) func whatIsNoGeometryIsRefused(_ text: String) async throws {
        let service = try await Shared.things.value.service
        #expect(await service.status("GET", "Things?$filter=st_equals(geography'\(text)', geography'POINT(1 2)')") == 400)
    }

    /// Whether a condition holds, asked of the service: every thing fits it or none does.
    static func holds(_ condition: String) async throws -> Bool {
        try await !(try await Shared.things.value).service.ids("Things?$filter=\(condition)").isEmpty
    }
}
