import Foundation
import GRDB
import LaresJSON
import Synchronization

/// What SQLite can't compute, as functions that it calls.
enum STAFunctions {
    /// Makes the functions known that a statement names.
    static func add(for sql: String, to database: Database) {
        guard sql.contains("sta_") || sql.contains("st_") else { return }
        for (prefix, function) in all where sql.contains(prefix) { database.add(function: function) }
    }

    private static var all: [(String, DatabaseFunction)] {
        let shapes = STAShapes()
        var all = texts + numbers
        for test in STASpatialTest.allCases {
            all.append((test.rawValue, spatial(test.rawValue, shapes) { test.holds($0, $1) }))
        }
        all.append(("sta_distance", spatial("sta_distance", shapes) { $0.distance(to: $1) }))
        all.append(
            (
                "sta_length",
                DatabaseFunction("sta_length", argumentCount: 1, pure: true) { values in shapes[values[0]]?.length }
            ))
        all.append(
            (
                "st_relate",
                DatabaseFunction("st_relate", argumentCount: 3, pure: true) { values in
                    guard let a = shapes[values[0]], let b = shapes[values[1]], let pattern = String.fromDatabaseValue(values[2]) else {
                        return nil
                    }
                    return STARelation9(a, b).matches(pattern)
                }
            ))
        return all
    }

    private static func spatial(
        _ name: String, _ shapes: STAShapes, _ body: @escaping @Sendable (STAGeometry, STAGeometry) -> (any DatabaseValueConvertible)?
    ) -> DatabaseFunction {
        DatabaseFunction(name, argumentCount: 2, pure: true) { values in
            guard let a = shapes[values[0]], let b = shapes[values[1]] else { return nil }
            return body(a, b)
        }
    }

    private static var texts: [(String, DatabaseFunction)] {
        [
            ("sta_lower", text("sta_lower") { $0.lowercased() }), ("sta_upper", text("sta_upper") { $0.uppercased() }),
            ("sta_instant", text("sta_instant") { STATime.instant($0) }),
            (
                "sta_ends",
                DatabaseFunction("sta_ends", argumentCount: 2, pure: true) { values in
                    guard let a = String.fromDatabaseValue(values[0]), let b = String.fromDatabaseValue(values[1]) else { return nil }
                    return a.hasSuffix(b)
                }
            ),
        ]
    }

    private static func text(_ name: String, _ body: @escaping @Sendable (String) -> (any DatabaseValueConvertible)?) -> DatabaseFunction {
        DatabaseFunction(name, argumentCount: 1, pure: true) { values in String.fromDatabaseValue(values[0]).flatMap(body) }
    }

    private static var numbers: [(String, DatabaseFunction)] {
        [
            ("sta_floor", number("sta_floor") { $0.rounded(.down) }), ("sta_ceiling", number("sta_ceiling") { $0.rounded(.up) }),
            ("sta_mod", DatabaseFunction("sta_mod", argumentCount: 2, pure: true) { rest($0) }),
        ]
    }

    private static func number(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> DatabaseFunction {
        DatabaseFunction(name, argumentCount: 1, pure: true) { values in
            switch values[0].storage {
            case .int64(let number): number
            case .double(let number): body(number)
            default: nil
            }
        }
    }

    /// What is left of a division, whole where both are.
    private static func rest(_ values: [DatabaseValue]) -> (any DatabaseValueConvertible)? {
        switch (values[0].storage, values[1].storage) {
        case (.int64(let a), .int64(let b)): return b == 0 ? nil : a.remainderReportingOverflow(dividingBy: b).partialValue
        default:
            guard let a = Double.fromDatabaseValue(values[0]), let b = Double.fromDatabaseValue(values[1]), b != 0 else { return nil }
            return a.truncatingRemainder(dividingBy: b)
        }
    }
}

/// Geometries of texts, GeoJSON or well-known text; those of one query are read once.
private final class STAShapes: Sendable {
    private let known = Mutex<[String: STAGeometry?]>([:])

    subscript(value: DatabaseValue) -> STAGeometry? {
        guard let text = String.fromDatabaseValue(value) else { return nil }
        if let known = known.withLock({ $0[text] }) { return known }
        let shape =
            text.hasPrefix("{") ? (try? JSON(parsing: Array(text.utf8))).flatMap { STAGeometry(geoJSON: $0) } : STAGeometry(wkt: text)
        known.withLock { known in
            if known.count >= 256 { known.removeAll() }
            known[text] = .some(shape)
        }
        return shape
    }
}
