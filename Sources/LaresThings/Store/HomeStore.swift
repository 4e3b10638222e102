package import GRDB
public import LaresStore

/// What a home keeps over restarts, in `places.db`: areas, names, what people said of things, what was announced, and the last states.
public final class HomeStore: Sendable {
    package let pool: DatabasePool

    /// Opens it in a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("places.db")) }

    private static let schema = StoreSchema(
        name: "places",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE areas (
                            id TEXT PRIMARY KEY,
                            name TEXT NOT NULL,
                            names TEXT NOT NULL,
                            aliases TEXT NOT NULL,
                            level INTEGER
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE things (
                            identifier TEXT PRIMARY KEY,
                            id TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE INDEX things_by_id ON things (id);
                        CREATE TABLE properties (
                            part TEXT NOT NULL,
                            base TEXT NOT NULL,
                            name TEXT NOT NULL,
                            PRIMARY KEY (part, base)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE wordings (
                            id TEXT PRIMARY KEY,
                            wording TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE announcements (
                            topic TEXT PRIMARY KEY,
                            payload BLOB NOT NULL,
                            time REAL NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE states (
                            thing TEXT NOT NULL,
                            property TEXT NOT NULL,
                            state TEXT NOT NULL,
                            PRIMARY KEY (thing, property)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE settings (
                            name TEXT PRIMARY KEY,
                            value TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE rules (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            id TEXT NOT NULL UNIQUE,
                            rule TEXT NOT NULL,
                            trusted INTEGER NOT NULL
                        ) STRICT;
                        CREATE TABLE notices (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            time REAL NOT NULL,
                            title TEXT,
                            text TEXT NOT NULL,
                            recipient TEXT,
                            rule TEXT NOT NULL
                        ) STRICT;
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE thing_groups (
                            id TEXT PRIMARY KEY,
                            body TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE scenes (
                            id TEXT PRIMARY KEY,
                            body TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE channels (
                            name TEXT PRIMARY KEY,
                            channel TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE recipients (
                            name TEXT PRIMARY KEY,
                            recipient TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE deliveries (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            target TEXT NOT NULL,
                            recipient TEXT,
                            key TEXT NOT NULL UNIQUE,
                            content TEXT NOT NULL,
                            urgent INTEGER NOT NULL,
                            created REAL NOT NULL,
                            expires REAL NOT NULL,
                            state TEXT NOT NULL,
                            due REAL NOT NULL,
                            attempts INTEGER NOT NULL,
                            ended REAL,
                            reason TEXT
                        ) STRICT;
                        CREATE INDEX deliveries_by_state ON deliveries (state, due);
                        """)
            },
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE watches (
                            id TEXT PRIMARY KEY,
                            body TEXT NOT NULL
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE watch_states (
                            watch TEXT NOT NULL,
                            series TEXT NOT NULL,
                            state BLOB NOT NULL,
                            PRIMARY KEY (watch, series)
                        ) STRICT;
                        CREATE TABLE alarms (
                            number INTEGER PRIMARY KEY,
                            raised REAL NOT NULL,
                            ended REAL,
                            body TEXT NOT NULL
                        ) STRICT;
                        CREATE INDEX alarms_by_end ON alarms (ended);
                        CREATE TABLE incidents (
                            number INTEGER PRIMARY KEY,
                            started REAL NOT NULL,
                            ended REAL,
                            body TEXT NOT NULL
                        ) STRICT;
                        CREATE INDEX incidents_by_end ON incidents (ended);
                        """)
            },
        ])
}
