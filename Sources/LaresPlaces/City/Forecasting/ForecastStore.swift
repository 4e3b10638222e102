internal import Foundation
internal import GRDB
internal import LaresJSON
public import LaresStore

/// How the forecasters do that are served, and when they were trained anew, in `forecasting.db`.
public struct ForecastStore: Sendable {
    private let pool: DatabasePool

    /// That of a data directory. What a Lares before kept in `forecasting.json` is taken over once.
    ///
    /// - Throws: An error of the database.
    public init(home: LaresHome) throws { try self.init(path: home.file("forecasting.db"), before: home.file("forecasting.json")) }

    /// One at a path.
    ///
    /// - Parameter before: The file of a Lares before; nil: there is none.
    /// - Throws: An error of the database.
    package init(path: String, before: String? = nil) throws {
        pool = try Self.schema.open(at: path)
        guard let before, let bytes = FileManager.default.contents(atPath: before), let json = try? JSON(parsing: Array(bytes)) else {
            return
        }
        try takeOver(json)
        // If it stays, it is taken over again and changes nothing: what is kept here wins.
        try? FileManager.default.removeItem(atPath: before)
    }

    private static let schema = StoreSchema(
        name: "forecasting",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE scores (
                            forecaster TEXT NOT NULL,
                            version INTEGER NOT NULL,
                            body TEXT NOT NULL,
                            PRIMARY KEY (forecaster, version)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE retrained (forecaster TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    private func takeOver(_ json: JSON) throws {
        try pool.write { database in
            if case .object(let scores)? = json["scores"] {
                for (name, score) in scores {
                    guard let colon = name.lastIndex(of: ":"), let number = Int(name[name.index(after: colon)...]) else { continue }
                    try database.execute(
                        sql: "INSERT OR IGNORE INTO scores VALUES (?, ?, ?)", arguments: [String(name[..<colon]), number, score.serialized])
                }
            }
            guard case .object(let times)? = json["retrained"] else { return }
            for (name, time) in times {
                guard let time = time.number.flatMap({ Int64(exactly: $0) }) else { continue }
                try database.execute(sql: "INSERT OR IGNORE INTO retrained VALUES (?, ?)", arguments: [name, time])
            }
        }
    }

    /// The scores of versions. One that can't be read counts anew.
    func scores() throws -> [Forecasting.Place: JSON] {
        try pool.read { database in
            var scores: [Forecasting.Place: JSON] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT forecaster, version, body FROM scores") {
                guard let score = try? JSON(parsing: Array((row["body"] as String).utf8)) else { continue }
                scores[Forecasting.Place(name: row["forecaster"], number: row["version"])] = score
            }
            return scores
        }
    }

    /// When each was last trained anew, in milliseconds since 1970.
    package func retrained() throws -> [String: Int64] {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT forecaster, time FROM retrained")
            return Dictionary(rows.map { ($0["forecaster"], $0["time"]) }, uniquingKeysWith: { $1 })
        }
    }

    /// Keeps all of it, and nothing else.
    func save(_ scores: [Forecasting.Place: JSON], _ retrained: [String: Int64]) throws {
        try pool.write { database in
            try database.execute(sql: "DELETE FROM scores")
            for (place, score) in scores {
                try database.execute(
                    sql: "INSERT INTO scores VALUES (?, ?, ?)", arguments: [place.name, place.number, score.serialized])
            }
            for (name, time) in retrained {
                try database.execute(sql: "INSERT OR REPLACE INTO retrained VALUES (?, ?)", arguments: [name, time])
            }
        }
    }
}
