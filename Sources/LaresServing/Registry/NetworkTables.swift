import GRDB

/// The tables of trained networks, in the same database as the models that were taken in.
enum NetworkTables {
    /// The step of the registry's schema that makes them.
    static let make: @Sendable (Database) throws -> Void = { database in
        try database.execute(
            sql: """
                CREATE TABLE networks (
                    name TEXT NOT NULL PRIMARY KEY,
                    last INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE versions (
                    network TEXT NOT NULL REFERENCES networks (name),
                    number INTEGER NOT NULL CHECK (number > 0),
                    digest TEXT NOT NULL CHECK (length(digest) = 64),
                    bytes INTEGER NOT NULL,
                    signature TEXT NOT NULL,
                    card TEXT NOT NULL,
                    lineage TEXT NOT NULL,
                    created REAL NOT NULL,
                    PRIMARY KEY (network, number)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX versions_by_digest ON versions (digest);
                CREATE TRIGGER versions_are_final BEFORE UPDATE ON versions
                BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END;
                CREATE TABLE version_aliases (
                    network TEXT NOT NULL,
                    alias TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    PRIMARY KEY (network, alias),
                    FOREIGN KEY (network, number) REFERENCES versions (network, number)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE promotions (
                    network TEXT NOT NULL,
                    place INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    time REAL NOT NULL,
                    PRIMARY KEY (network, place),
                    FOREIGN KEY (network, number) REFERENCES versions (network, number) ON DELETE CASCADE
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE rollouts (
                    network TEXT NOT NULL PRIMARY KEY,
                    number INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    percent INTEGER NOT NULL,
                    error_share REAL NOT NULL,
                    least INTEGER NOT NULL,
                    started REAL NOT NULL,
                    FOREIGN KEY (network, number) REFERENCES versions (network, number)
                ) STRICT, WITHOUT ROWID;
                """)
    }

    /// The step of the registry's schema that tells forecasters and detectors from networks.
    static let tellKinds: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: "ALTER TABLE versions ADD COLUMN kind TEXT NOT NULL DEFAULT 'network'")
    }

    /// Removes a blob if no model and no version needs it, and says whether it did. Within a change of the database, as publishing looks for its
    /// file: it can't lose it.
    static func collect(_ digest: Digest, of blobs: BlobStore, _ database: Database) throws -> Bool {
        guard try !isNeeded(digest, database) else { return false }
        try blobs.remove(digest)
        return true
    }

    /// Whether a model or a version still needs a blob.
    private static func isNeeded(_ digest: Digest, _ database: Database) throws -> Bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM files WHERE digest = ?1) OR EXISTS (SELECT 1 FROM versions WHERE digest = ?1)"
        return try Bool.fetchOne(database, sql: sql, arguments: [digest.description]) ?? true
    }
}
