import GRDB
import LaresJSON
public import LaresStore

/// The database of the city's entities, `city.db`: one writer, everything of an operation in one transaction.
public struct NGSIStore: Sendable {
    let pool: DatabasePool

    /// Opens the database, or makes it.
    ///
    /// - Throws: ``StoreError``.
    public init(path: String) throws { pool = try Self.schema.open(at: path) }

    /// The tables.
    public static let schema = StoreSchema(
        name: "city",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE tenants (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
                        CREATE TABLE entities (
                            number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, expires INTEGER, document TEXT NOT NULL,
                            UNIQUE (tenant, id)) STRICT;
                        CREATE INDEX entities_expire ON entities (expires) WHERE expires IS NOT NULL;
                        CREATE TABLE entity_types (
                            tenant TEXT NOT NULL, type TEXT NOT NULL, entity INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
                            PRIMARY KEY (tenant, type, entity)) STRICT, WITHOUT ROWID;
                        CREATE INDEX entity_types_of ON entity_types (entity);
                        CREATE TABLE entity_attributes (
                            tenant TEXT NOT NULL, attribute TEXT NOT NULL, entity INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE,
                            kind TEXT NOT NULL, PRIMARY KEY (tenant, attribute, entity, kind)) STRICT, WITHOUT ROWID;
                        CREATE INDEX entity_attributes_of ON entity_attributes (entity);
                        CREATE TABLE entity_places (
                            number INTEGER PRIMARY KEY, property TEXT NOT NULL,
                            entity INTEGER NOT NULL REFERENCES entities ON DELETE CASCADE) STRICT;
                        CREATE INDEX entity_places_of ON entity_places (entity);
                        CREATE VIRTUAL TABLE entity_boxes USING rtree (number, west, east, south, north);
                        CREATE TABLE subscriptions (
                            number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
                            state TEXT NOT NULL, queued INTEGER, due INTEGER, UNIQUE (tenant, kind, id)) STRICT;
                        CREATE TABLE registrations (
                            number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
                            UNIQUE (tenant, id)) STRICT;
                        CREATE TABLE notifications (
                            number INTEGER PRIMARY KEY, subscription INTEGER NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
                            body TEXT NOT NULL, created INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0) STRICT;
                        CREATE INDEX notifications_by_subscription ON notifications (subscription, number);
                        CREATE TABLE contexts (
                            id TEXT PRIMARY KEY, tenant TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
                            created INTEGER NOT NULL, used INTEGER) STRICT, WITHOUT ROWID;
                        CREATE INDEX contexts_by_address ON contexts (address);
                        CREATE TABLE temporal_entities (
                            number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, types TEXT NOT NULL, scopes TEXT,
                            created INTEGER NOT NULL, modified INTEGER NOT NULL, deleted INTEGER, UNIQUE (tenant, id)) STRICT;
                        CREATE TABLE temporal_instances (
                            number INTEGER PRIMARY KEY, entity INTEGER NOT NULL REFERENCES temporal_entities ON DELETE CASCADE,
                            attribute TEXT NOT NULL, dataset TEXT, instance TEXT NOT NULL UNIQUE, observed INTEGER,
                            created INTEGER NOT NULL, modified INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
                        CREATE INDEX temporal_by_time ON temporal_instances (entity, attribute, observed);
                        CREATE INDEX temporal_by_age ON temporal_instances (modified);
                        """)
            },
            {
                // What is there already isn't told.
                try $0.execute(
                    sql: """
                        CREATE TABLE told (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                        INSERT INTO told SELECT 'telemetry', coalesce(max(number), 0) FROM temporal_instances;
                        CREATE TRIGGER numbers_are_given_again AFTER DELETE ON temporal_instances BEGIN
                            UPDATE told SET number = min(number, (SELECT coalesce(max(number), 0) FROM temporal_instances))
                            WHERE name = 'telemetry';
                        END;
                        """)
            },
        ])
}
