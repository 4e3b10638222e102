internal import Foundation
internal import GRDB
internal import LaresJSON
public import LaresStore

/// What the control of energy keeps over restarts, in `energy.db`: settings, where it stands, and what happened.
public struct EnergyControlStore: Sendable {
    /// Entries of the history that are kept: over a year of hours.
    public static let most = 20_000

    let pool: DatabasePool

    /// That of a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("energy.db")) }

    private static let schema = StoreSchema(
        name: "energy",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE kept (
                            name TEXT PRIMARY KEY,
                            value TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE history (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            time REAL NOT NULL,
                            kind TEXT NOT NULL,
                            body TEXT NOT NULL
                        ) STRICT;
                        CREATE TABLE requests (
                            id TEXT PRIMARY KEY,
                            ends REAL NOT NULL,
                            body TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE offers (
                            request TEXT NOT NULL,
                            token TEXT NOT NULL,
                            change REAL NOT NULL,
                            PRIMARY KEY (request, token)
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    func json(_ name: String) throws -> JSON? {
        try pool.read { try String.fetchOne($0, sql: "SELECT value FROM kept WHERE name = ?", arguments: [name]) }
            .flatMap { try? JSON(parsing: Array($0.utf8)) }
    }

    func save(_ json: JSON, _ name: String) throws {
        try pool.write {
            try $0.execute(sql: "INSERT OR REPLACE INTO kept VALUES (?, ?)", arguments: [name, json.serialized])
        }
    }

    /// Where it stands; a state of another version is forgotten.
    func state() throws -> EnergyControlState {
        let text = try pool.read { try String.fetchOne($0, sql: "SELECT value FROM kept WHERE name = 'state'") }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return text.flatMap { try? decoder.decode(EnergyControlState.self, from: Data($0.utf8)) } ?? EnergyControlState()
    }

    /// Keeps where it stands and what happened, all or none.
    func save(_ state: EnergyControlState, _ entries: [(time: Double, entry: EnergyEntry)] = []) throws {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let text = String(decoding: try encoder.encode(state), as: UTF8.self)
        try pool.write { database in
            try database.execute(sql: "INSERT OR REPLACE INTO kept VALUES ('state', ?)", arguments: [text])
            for (time, entry) in entries {
                try database.execute(
                    sql: "INSERT INTO history (time, kind, body) VALUES (?, ?, ?)",
                    arguments: [time, entry.kind.rawValue, entry.body.serialized])
            }
            guard !entries.isEmpty else { return }
            try database.execute(
                sql: "DELETE FROM history WHERE number <= (SELECT max(number) FROM history) - ?", arguments: [Self.most])
        }
    }

    /// What happened, newest first.
    func history(limit: Int, before number: Int, kind: String?) throws -> [JSON] {
        try pool.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, time, kind, body FROM history WHERE number < ? AND (? IS NULL OR kind = ?)
                    ORDER BY number DESC LIMIT ?
                    """, arguments: [number, kind, kind, limit])
            return rows.map { row in
                let body = (try? JSON(parsing: Array((row["body"] as String).utf8))) ?? .null
                var members: JSON.Members = [
                    "number": .int(row["number"]), "time": .double(row["time"]), "kind": .string(row["kind"]),
                ]
                if case .object(let more) = body { for (key, value) in more { members.append(key, value) } }
                return .object(members)
            }
        }
    }
}

/// Something that happened, for the history.
struct EnergyEntry: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case decision, order, stage, takeover, handback, settings, fault, request, promise
    }

    let kind: Kind
    let body: JSON

    init(_ kind: Kind, _ body: JSON) { (self.kind, self.body) = (kind, body) }
}
