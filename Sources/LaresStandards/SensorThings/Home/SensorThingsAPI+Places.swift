import GRDB
public import LaresThings

extension SensorThingsAPI {
    /// Where the thing of a datastream is, as its location is called; nil for series that are no datastream's, and where nobody said.
    ///
    /// It is a question to the database: whoever asks often keeps the answer.
    public func place(of series: SeriesKey) -> String? {
        guard series.thing.hasPrefix(Self.streams), let stream = Int64(series.thing.dropFirst(Self.streams.count)) else { return nil }
        return try? store.pool.read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT l.name FROM "Datastream" s JOIN "ThingLocation" t ON t."Thing" = s."Thing"
                    JOIN "Location" l ON l.id = t."Location" WHERE s.id = ? ORDER BY l.id LIMIT 1
                    """, arguments: [stream])
        }
    }

    /// What the names of datastreams' things begin with in the telemetry store.
    private static var streams: String { "sensorthings/datastream-" }
}
