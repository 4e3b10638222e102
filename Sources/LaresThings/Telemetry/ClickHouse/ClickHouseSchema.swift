/// The tables of a store: what is in them, and the statements that make them.
///
/// Only what ClickHouse 18.16 and releases of today both take: no `LowCardinality`, codecs, TTL or projections.
enum ClickHouseTable: String, CaseIterable {
    /// What series there are. `line` names a series in all other tables.
    case series = "lares_series"
    /// Numbers.
    case readings = "lares_readings"
    /// Texts.
    case texts = "lares_texts"
    /// Statistics by five minutes (0), hours (1) and days (2).
    case rollups = "lares_rollups"
    /// Which days of which series had readings, and until when more of them may come.
    case changes = "lares_changes"
    /// Single numbers.
    case state = "lares_state"

    private var columns: [String] {
        switch self {
        case .series:
            [
                "line UInt64", "number UInt64", "thing String", "property String", "kind UInt8", "generation UInt32", "removed UInt8",
                "raw_days Int64", "fine_days Int64", "hour_days Int64", "kept_raw Int64", "kept_fine Int64", "kept_hours Int64",
                "version UInt64",
            ]
        case .readings: ["month UInt32", "series UInt64", "time Int64", "number Float64", "version UInt64"]
        case .texts: ["month UInt32", "series UInt64", "time Int64", "text String", "version UInt64"]
        case .rollups:
            [
                "month UInt32", "period UInt8", "series UInt64", "start Int64", "count UInt64", "min Float64", "max Float64", "sum Float64",
                "last Float64", "amount Float64", "version UInt64",
            ]
        case .changes: ["month UInt32", "series UInt64", "day Int32", "version UInt64"]
        case .state: ["name String", "value Int64", "version UInt64"]
        }
    }

    /// Rows with the same key are one, the one with the highest version.
    private var key: String {
        switch self {
        case .series: "line"
        case .readings, .texts: "series, time"
        case .rollups: "period, series, start"
        case .changes: "series, day"
        case .state: "name"
        }
    }

    /// What decides the shard: all of a series is on one.
    private var sharding: String {
        switch self {
        case .series: "line"
        case .state: "length(name)"
        default: "series"
        }
    }

    /// Whether it is divided by months.
    var hasMonths: Bool { columns[0].hasPrefix("month ") }

    /// The table that has the rows of one server.
    func local(_ address: ClickHouseAddress) -> String { address.cluster == nil ? rawValue : rawValue + "_local" }

    /// The statements that make it, unless it is there.
    func creation(_ address: ClickHouseAddress) -> [String] {
        let ending = "\(hasMonths ? " PARTITION BY month" : "") ORDER BY (\(key))"
        let columns = "(\(columns.joined(separator: ", ")))"
        guard let cluster = address.cluster else {
            return ["CREATE TABLE IF NOT EXISTS \(rawValue) \(columns) ENGINE = ReplacingMergeTree(version)\(ending)"]
        }
        let path = "'/clickhouse/tables/{shard}/\(address.database)/\(rawValue)', '{replica}'"
        return [
            "CREATE TABLE IF NOT EXISTS \(local(address)) ON CLUSTER \(cluster) \(columns) "
                + "ENGINE = ReplicatedReplacingMergeTree(\(path), version)\(ending)",
            "CREATE TABLE IF NOT EXISTS \(rawValue) ON CLUSTER \(cluster) \(columns) "
                + "ENGINE = Distributed(\(cluster), \(address.database), \(local(address)), \(sharding))",
        ]
    }
}

extension ClickHouseAddress {
    /// Where a statement about the tables of single servers has to be carried out.
    var everywhere: String { cluster.map { " ON CLUSTER \($0)" } ?? "" }

    /// The register of one server, from wherever it is looked at.
    var localRegister: String { "\(database).\(ClickHouseTable.series.local(self))" }

    /// A system table of all servers.
    func system(_ table: String) -> String { cluster.map { "cluster(\($0), system, \(table))" } ?? "system.\(table)" }
}

/// The single numbers that a store keeps.
enum ClickHouseState: String {
    /// The version up to which all changes are in the statistics.
    case rolled
    /// The time of the last compaction that was believed, in milliseconds.
    case compacted
    /// The time of one that was not.
    case jumped
}

extension Month {
    /// 202611, as people read it in the names of partitions.
    var stamp: UInt32 { UInt32(number / 12 * 100 + number % 12 + 1) }

    /// From 202611.
    init?(stamp: some StringProtocol) {
        guard stamp.utf8.count == 6 else { return nil }
        self.init("\(stamp.prefix(4))-\(stamp.suffix(2))")
    }
}
