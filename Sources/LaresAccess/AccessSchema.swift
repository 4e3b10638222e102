import GRDB
import LaresStore

/// The shape of `access.db`: keys, people, the policy, confirmations.
enum AccessSchema {
    static let schema = StoreSchema(
        name: "access",
        steps: [
            { try $0.execute(sql: keys) },
            // Keys from before there were roles keep the smaller one.
            { try $0.execute(sql: "ALTER TABLE keys ADD COLUMN role TEXT NOT NULL DEFAULT 'use'") },
            { try $0.execute(sql: people + confirmations) },
        ])

    private static let keys = """
        CREATE TABLE keys (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            created REAL NOT NULL,
            last_used REAL,
            expires REAL,
            revoked REAL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX usable_names ON keys (name) WHERE revoked IS NULL;
        """

    private static let people = """
        UPDATE keys SET role = CASE role WHEN 'admin' THEN 'owner' ELSE 'viewer' END;
        CREATE TABLE people (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            language TEXT NOT NULL,
            pin TEXT,
            created REAL NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE keys ADD COLUMN person TEXT REFERENCES people (id);
        CREATE TABLE tries (
            who TEXT NOT NULL PRIMARY KEY,
            wrong REAL NOT NULL,
            last REAL NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE policies (
            revision INTEGER PRIMARY KEY AUTOINCREMENT,
            time REAL NOT NULL,
            actor TEXT NOT NULL,
            text TEXT NOT NULL
        ) STRICT;

        """

    private static let confirmations = """
        CREATE TABLE confirmations (
            id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'begun', 'declined', 'expired')),
            deed TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            needs_pin INTEGER NOT NULL,
            asked REAL NOT NULL,
            ends REAL NOT NULL,
            answerer TEXT,
            answered REAL,
            with_pin INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX open_confirmations ON confirmations (ends) WHERE state IN ('pending', 'approved');
        """
}
