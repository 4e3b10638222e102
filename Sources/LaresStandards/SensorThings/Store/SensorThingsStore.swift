import GRDB
public import LaresStore

/// What was told to the SensorThings service, in `sensorthings.db` of the data directory: one file, one writer.
public final class SensorThingsStore: Sendable {
    let pool: DatabasePool

    /// Opens the database, and makes it when there is none.
    ///
    /// - Throws: `StoreError` when it can't be opened.
    public init(home: LaresHome) throws { pool = try Self.schema.open(at: home.file("sensorthings.db")) }

    static let schema = StoreSchema(name: "SensorThings", steps: [{ try $0.execute(sql: firstStep) }])

    // `origin` is the thing of the home that an entity stands for, `address` what of it; both are null for what was told over SensorThings.
    // Ids are never used twice, since links to them lie about.
    private static let firstStep = """
        CREATE TABLE "Thing" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, properties TEXT,
            origin TEXT, address TEXT UNIQUE) STRICT;
        CREATE TABLE "FeatureOfInterest" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, "encodingType" TEXT NOT NULL,
            feature TEXT NOT NULL, properties TEXT, origin TEXT, address TEXT UNIQUE) STRICT;
        CREATE TABLE "Location" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, "encodingType" TEXT NOT NULL,
            location TEXT NOT NULL, properties TEXT, origin TEXT, address TEXT UNIQUE,
            generated INTEGER REFERENCES "FeatureOfInterest" (id) ON DELETE SET NULL) STRICT;
        CREATE INDEX location_generated ON "Location" (generated) WHERE generated IS NOT NULL;
        CREATE TABLE "HistoricalLocation" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,
            "Thing" INTEGER NOT NULL REFERENCES "Thing" (id) ON DELETE CASCADE) STRICT;
        CREATE INDEX historical_thing ON "HistoricalLocation" ("Thing", time);
        CREATE TABLE "ThingLocation" (
            "Thing" INTEGER NOT NULL REFERENCES "Thing" (id) ON DELETE CASCADE,
            "Location" INTEGER NOT NULL REFERENCES "Location" (id) ON DELETE CASCADE, PRIMARY KEY ("Thing", "Location")) STRICT, WITHOUT ROWID;
        CREATE INDEX thing_location ON "ThingLocation" ("Location");
        CREATE TABLE "HistoricalLocationLocation" (
            "HistoricalLocation" INTEGER NOT NULL REFERENCES "HistoricalLocation" (id) ON DELETE CASCADE,
            "Location" INTEGER NOT NULL REFERENCES "Location" (id) ON DELETE CASCADE,
            PRIMARY KEY ("HistoricalLocation", "Location")) STRICT, WITHOUT ROWID;
        CREATE INDEX historical_location ON "HistoricalLocationLocation" ("Location");
        CREATE TABLE "Sensor" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, "encodingType" TEXT NOT NULL,
            metadata TEXT NOT NULL, properties TEXT, origin TEXT, address TEXT UNIQUE) STRICT;
        CREATE TABLE "ObservedProperty" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, definition TEXT NOT NULL, description TEXT NOT NULL, properties TEXT,
            origin TEXT, address TEXT UNIQUE) STRICT;
        CREATE TABLE "Datastream" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, "unitOfMeasurement" TEXT NOT NULL,
            "observationType" TEXT NOT NULL, properties TEXT, "observedArea" TEXT, "phenomenonTime_start" INTEGER,
            "phenomenonTime_end" INTEGER, "resultTime_start" INTEGER, "resultTime_end" INTEGER,
            "Thing" INTEGER NOT NULL REFERENCES "Thing" (id) ON DELETE CASCADE,
            "Sensor" INTEGER NOT NULL REFERENCES "Sensor" (id) ON DELETE CASCADE,
            "ObservedProperty" INTEGER NOT NULL REFERENCES "ObservedProperty" (id) ON DELETE CASCADE,
            origin TEXT, address TEXT UNIQUE) STRICT;
        CREATE INDEX datastream_thing ON "Datastream" ("Thing");
        CREATE INDEX datastream_sensor ON "Datastream" ("Sensor");
        CREATE INDEX datastream_property ON "Datastream" ("ObservedProperty");
        CREATE TABLE "MultiDatastream" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT NOT NULL, "unitOfMeasurements" TEXT NOT NULL,
            "observationType" TEXT, "multiObservationDataTypes" TEXT NOT NULL, properties TEXT, "observedArea" TEXT,
            "phenomenonTime_start" INTEGER, "phenomenonTime_end" INTEGER, "resultTime_start" INTEGER, "resultTime_end" INTEGER,
            "Thing" INTEGER NOT NULL REFERENCES "Thing" (id) ON DELETE CASCADE,
            "Sensor" INTEGER NOT NULL REFERENCES "Sensor" (id) ON DELETE CASCADE) STRICT;
        CREATE INDEX multi_thing ON "MultiDatastream" ("Thing");
        CREATE INDEX multi_sensor ON "MultiDatastream" ("Sensor");
        CREATE TABLE "MultiDatastreamObservedProperty" (
            "MultiDatastream" INTEGER NOT NULL REFERENCES "MultiDatastream" (id) ON DELETE CASCADE,
            "ObservedProperty" INTEGER NOT NULL REFERENCES "ObservedProperty" (id) ON DELETE CASCADE, place INTEGER NOT NULL,
            PRIMARY KEY ("MultiDatastream", place)) STRICT, WITHOUT ROWID;
        CREATE INDEX multi_property ON "MultiDatastreamObservedProperty" ("ObservedProperty");
        CREATE TABLE "Observation" (
            id INTEGER PRIMARY KEY AUTOINCREMENT, "phenomenonTime_start" INTEGER NOT NULL, "phenomenonTime_end" INTEGER NOT NULL,
            result ANY, "resultKind" INTEGER NOT NULL, "resultTime" INTEGER, "resultQuality" TEXT, "validTime_start" INTEGER,
            "validTime_end" INTEGER, parameters TEXT,
            "Datastream" INTEGER REFERENCES "Datastream" (id) ON DELETE CASCADE,
            "MultiDatastream" INTEGER REFERENCES "MultiDatastream" (id) ON DELETE CASCADE,
            "FeatureOfInterest" INTEGER NOT NULL REFERENCES "FeatureOfInterest" (id) ON DELETE CASCADE,
            CHECK (("Datastream" IS NULL) <> ("MultiDatastream" IS NULL))) STRICT;
        CREATE INDEX observation_stream ON "Observation" ("Datastream", "phenomenonTime_start");
        CREATE INDEX observation_multi ON "Observation" ("MultiDatastream", "phenomenonTime_start") WHERE "MultiDatastream" IS NOT NULL;
        CREATE INDEX observation_feature ON "Observation" ("FeatureOfInterest");
        CREATE INDEX observation_time ON "Observation" ("phenomenonTime_start");
        CREATE TABLE "Untold" (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE "State" (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """
}
