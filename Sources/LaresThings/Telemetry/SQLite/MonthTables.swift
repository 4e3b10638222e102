import GRDB
import LaresStore

/// What one file `telemetry-YYYY-MM.db` holds.
///
/// Readings are in order of series, so that a month of one is one stretch of the file. In every committed state the statistics are those of the
/// readings, except where retention deleted the readings.
enum MonthTables {
    static let schema = StoreSchema(
        name: "telemetry",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE readings (
                            series INTEGER NOT NULL,
                            time INTEGER NOT NULL,
                            value ANY NOT NULL,
                            PRIMARY KEY (series, time)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE rollups (
                            period INTEGER NOT NULL,
                            series INTEGER NOT NULL,
                            start INTEGER NOT NULL,
                            count INTEGER NOT NULL,
                            min REAL NOT NULL,
                            max REAL NOT NULL,
                            sum REAL NOT NULL,
                            last REAL NOT NULL,
                            amount REAL NOT NULL,
                            PRIMARY KEY (period, series, start)
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    static func name(of month: Month) -> String { "telemetry-\(month).db" }

    static func month(ofFile name: String) -> Month? {
        guard name.hasPrefix("telemetry-"), name.hasSuffix(".db") else { return nil }
        return Month(name.dropFirst("telemetry-".count).dropLast(".db".count))
    }
}

/// The rows of one month through one connection.
struct StoredMonth: MonthRows {
    let database: Database

    func scan(_ series: SeriesID, _ range: Range<Int64>, _ body: (Int64, Double) -> Void) throws {
        let statement = try RawStatement(
            database, "SELECT time, value FROM readings WHERE series = ? AND time >= ? AND time < ? ORDER BY time")
        statement.bind(series, 1)
        statement.bind(range.lowerBound, 2)
        statement.bind(range.upperBound, 3)
        try statement.rows { body($0.integer(0), $0.number(1)) }
    }

    func page(_ series: SeriesID, _ range: Range<Int64>, _ order: ReadingOrder, limit: Int) throws -> SeriesRun {
        let direction = order == .oldestFirst ? "ASC" : "DESC"
        let statement = try RawStatement(
            database, "SELECT time, value FROM readings WHERE series = ? AND time >= ? AND time < ? ORDER BY time \(direction) LIMIT ?")
        statement.bind(series, 1)
        statement.bind(range.lowerBound, 2)
        statement.bind(range.upperBound, 3)
        statement.bind(Int64(limit), 4)
        var run = SeriesRun()
        try statement.rows { run.append($0.integer(0), $0.value(1)) }
        run.settle()
        return run
    }

    func rollups(_ period: StatisticPeriod, _ series: SeriesID, _ range: Range<Int64>) throws -> [Rollup] {
        let statement = try RawStatement(
            database,
            """
            SELECT start, count, min, max, sum, last, amount FROM rollups
            WHERE period = ? AND series = ? AND start >= ? AND start < ? ORDER BY start
            """)
        statement.bind(Int64(period.rawValue), 1)
        statement.bind(series, 2)
        statement.bind(range.lowerBound, 3)
        statement.bind(range.upperBound, 4)
        var rollups: [Rollup] = []
        try statement.rows {
            rollups.append(
                Rollup(
                    start: $0.integer(0), count: Int($0.integer(1)), min: $0.number(2), max: $0.number(3), sum: $0.number(4),
                    last: $0.number(5), amount: $0.number(6)))
        }
        return rollups
    }
}

extension StoredMonth {
    /// Stores readings of one series; those that come again take the place of the first.
    func insert(_ run: SeriesRun, _ series: SeriesID) throws {
        let statement = try RawStatement(database, "INSERT OR REPLACE INTO readings (series, time, value) VALUES (?, ?, ?)")
        statement.bind(series, 1)
        for place in run.times.indices {
            statement.bind(run.times[place], 2)
            try statement.bind(run.value(at: place), 3)
            try statement.run()
        }
    }

    /// Stores those statistics that begin in a range, and deletes those of which nothing is left.
    func put(_ changes: RollupChanges, _ series: SeriesID, in range: Range<Int64>) throws {
        for (period, rollups) in changes {
            for gone in rollups where gone.isNothing && range.contains(gone.start) {
                try database.execute(
                    sql: "DELETE FROM rollups WHERE period = ? AND series = ? AND start = ?",
                    arguments: [period.rawValue, series.number, gone.start])
            }
        }
        let statement = try RawStatement(
            database,
            "INSERT OR REPLACE INTO rollups (period, series, start, count, min, max, sum, last, amount) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        statement.bind(series, 2)
        for (period, rollups) in changes {
            statement.bind(Int64(period.rawValue), 1)
            for rollup in rollups where range.contains(rollup.start) && !rollup.isNothing {
                statement.bind(rollup.start, 3)
                statement.bind(Int64(rollup.count), 4)
                for (place, number) in [rollup.min, rollup.max, rollup.sum, rollup.last, rollup.amount].enumerated() {
                    statement.bind(number, Int32(place + 5))
                }
                try statement.run()
            }
        }
    }
}
