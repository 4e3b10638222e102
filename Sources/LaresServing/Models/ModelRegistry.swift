import Foundation
import GRDB
import LaresStore

/// Which models there are: names, files, origin, and what is known about them, in `registry.db`.
struct ModelRegistry: Sendable {
    let pool: DatabasePool

    init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("registry.db")) }

    private static let schema = StoreSchema(
        name: "registry",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE models (
                            name TEXT NOT NULL PRIMARY KEY,
                            kind TEXT NOT NULL,
                            family TEXT NOT NULL,
                            source TEXT NOT NULL,
                            created REAL NOT NULL,
                            context_length INTEGER,
                            parameter_count INTEGER,
                            quantisation TEXT,
                            dimensions INTEGER,
                            chat_template INTEGER NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE files (
                            model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE,
                            place INTEGER NOT NULL,
                            path TEXT NOT NULL,
                            digest TEXT NOT NULL CHECK (length(digest) = 64),
                            bytes INTEGER NOT NULL,
                            PRIMARY KEY (model, place)
                        ) STRICT, WITHOUT ROWID;
                        CREATE INDEX files_by_digest ON files (digest);
                        CREATE TABLE aliases (
                            alias TEXT NOT NULL PRIMARY KEY,
                            model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE
                        ) STRICT, WITHOUT ROWID;
                        """)
            },
            NetworkTables.make,
            { try $0.execute(sql: "ALTER TABLE models ADD COLUMN base TEXT REFERENCES models (name)") },
            NetworkTables.tellKinds,
        ])

    func all() throws -> [StoredModel] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM models ORDER BY name").map { try model($0, database) }
        }
    }

    func find(_ nameOrAlias: String) throws -> StoredModel? {
        try pool.read { database in
            let sql =
                "SELECT * FROM models WHERE name = ?1 OR name = (SELECT model FROM aliases WHERE alias = ?1) ORDER BY name = ?1 DESC LIMIT 1"
            return try Row.fetchOne(database, sql: sql, arguments: [nameOrAlias]).map { try model($0, database) }
        }
    }

    /// Puts a model in; its name must be free.
    func insert(_ model: StoredModel) throws {
        try pool.write { database in
            let summary = model.summary
            try database.execute(
                sql: "INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    model.name, summary.kind.rawValue, summary.family, model.source, model.created.timeIntervalSince1970,
                    summary.contextLength, summary.parameterCount, summary.quantisation, summary.dimensions, summary.chatTemplate,
                    summary.base,
                ])
            for (place, file) in model.files.enumerated() {
                try database.execute(
                    sql: "INSERT INTO files VALUES (?, ?, ?, ?, ?)",
                    arguments: [model.name, place, file.path, file.digest.description, file.bytes])
            }
        }
    }

    /// Takes a model out, and tells what its files were.
    func remove(_ name: String) throws -> [StoredFile] {
        try pool.write { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM models WHERE name = ?", arguments: [name]) else { return [] }
            let adapters = try String.fetchAll(database, sql: "SELECT name FROM models WHERE base = ? ORDER BY name", arguments: [name])
            guard adapters.isEmpty else {
                throw ServingError(
                    .inUse, "'\(name)' is what \(adapters.joined(separator: ", ")) change: remove these first", param: "model")
            }
            let files = try model(row, database).files
            try database.execute(sql: "DELETE FROM models WHERE name = ?", arguments: [name])
            return files
        }
    }

    /// Whether any model or version is there.
    func hasFiles() throws -> Bool {
        try pool.read { database in
            let sql = "SELECT EXISTS (SELECT 1 FROM files) OR EXISTS (SELECT 1 FROM versions)"
            return try Bool.fetchOne(database, sql: sql) ?? false
        }
    }

    /// Removes those of some blobs that nothing needs, and gives the bytes that became free.
    func collect(_ digests: some Sequence<Digest>, of blobs: BlobStore) throws -> Int {
        try pool.write { database in
            var freed = 0
            for digest in Set(digests) {
                let bytes = blobs.bytes(of: digest)
                if try NetworkTables.collect(digest, of: blobs, database) { freed += bytes }
            }
            return freed
        }
    }

    func setAlias(_ alias: String, to model: String) throws {
        try pool.write {
            try $0.execute(
                sql: "INSERT INTO aliases VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET model = excluded.model",
                arguments: [alias, model])
        }
    }

    /// Removes an alias; false when there was none.
    func removeAlias(_ alias: String) throws -> Bool {
        try pool.write {
            try $0.execute(sql: "DELETE FROM aliases WHERE alias = ?", arguments: [alias])
            return $0.changesCount > 0
        }
    }

    private func model(_ row: Row, _ database: Database) throws -> StoredModel {
        let name: String = row["name"]
        let files = try Row.fetchAll(database, sql: "SELECT * FROM files WHERE model = ? ORDER BY place", arguments: [name]).map { file in
            guard let digest = Digest(file["digest"] as String) else {
                throw StoreError(.unreadable, "the registry has a digest of '\(name)' that is none; remove the model and pull it again")
            }
            return StoredFile(path: file["path"], digest: digest, bytes: file["bytes"])
        }
        return StoredModel(
            name: name,
            aliases: try String.fetchAll(database, sql: "SELECT alias FROM aliases WHERE model = ? ORDER BY alias", arguments: [name]),
            summary: ModelSummary(
                kind: ModelKind(rawValue: row["kind"]) ?? .language, family: row["family"], contextLength: row["context_length"],
                parameterCount: row["parameter_count"], quantisation: row["quantisation"], dimensions: row["dimensions"],
                chatTemplate: row["chat_template"], base: row["base"]),
            files: files, source: row["source"], created: Date(timeIntervalSince1970: row["created"]))
    }
}
