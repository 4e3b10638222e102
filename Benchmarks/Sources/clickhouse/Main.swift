import LaresThings

/// How fast a store in ClickHouse takes readings and answers.
///
///     clickhouse ingest clickhouse://127.0.0.1:8123 SERIES [POINTS]
///     clickhouse dashboard clickhouse://127.0.0.1:8123            50 series of five-minute readings over a year
@main enum Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 2, let task = arguments.first, let url = arguments.dropFirst().first else {
            return print("clickhouse ingest URL SERIES [POINTS], clickhouse dashboard URL")
        }
        switch task {
        case "ingest":
            let numbers = arguments.dropFirst(2).map { Int($0) ?? 0 }
            try await ingest(url, series: numbers.first ?? 1_000, points: numbers.dropFirst().first ?? 10_000_000)
        case "dashboard": try await dashboard(url)
        default: print("there is no task '\(task)'")
        }
    }

    private static func store(_ url: String, _ database: String, _ settings: ClickHouseSettings = ClickHouseSettings()) async throws
        -> ClickHouseTelemetry
    {
        var address = try ClickHouseAddress(url: url)
        address.database = database
        var limits = TelemetryLimits()
        limits.series = 1_000_000
        return try await ClickHouseTelemetry(address, limits: limits, settings: settings)
    }

    private static func declare(_ count: Int, in store: ClickHouseTelemetry) async throws -> [SeriesID] {
        var ids: [SeriesID] = []
        for start in stride(from: 0, to: count, by: 20_000) {
            let names = (start..<min(count, start + 20_000)).map {
                SeriesKey(thing: "city/district-\($0 % 20)/meter-\($0)", property: "value")
            }
            ids += try await store.declare(names.map { SeriesDeclaration($0, .measurement) })
        }
        return ids
    }

    /// Rounds of one reading from each series, five seconds apart, as they come from a city: in order of time, every series in each.
    private static func ingest(_ url: String, series: Int, points: Int) async throws {
        let store = try await store(url, "bench_ingest_\(series)")
        let ids = try await declare(series, in: store)
        let rounds = points / series, callers = 8, size = 50_000
        let time = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    // Every caller has its own series, as a worker has its own devices.
                    let mine = Array(ids[(series * caller / callers)..<(series * (caller + 1) / callers)])
                    group.addTask { try await send(mine, rounds, size, store) }
                }
                try await group.waitForAll()
            }
        }
        let counted = try await count(ids, in: store)
        print("| \(series) | \(rounds * series) | \(Int(Double(rounds * series) / time.seconds)) |")
        if counted != rounds * 10 { print("WRONG: \(counted) of \(rounds * 10) readings of ten series are there") }
        try await store.close()
    }

    private static func send(_ ids: [SeriesID], _ rounds: Int, _ size: Int, _ store: ClickHouseTelemetry) async throws {
        var batch: [Reading] = []
        batch.reserveCapacity(size)
        var state: UInt64 = UInt64(ids[0].number)
        for round in 0..<rounds {
            let time = Timestamp(milliseconds: 1_793_491_200_000 + Int64(round) * 5_000)
            for id in ids {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                // A tenth of a degree or a watt, around a level of its own: what sensors report.
                let value = Double(Int(state >> 33) % 100 + id.number % 1_000) / 10
                batch.append(Reading(id, at: time, .number(value)))
                guard batch.count == size else { continue }
                try await store.append(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try await store.append(batch)
    }

    private static func count(_ ids: [SeriesID], in store: ClickHouseTelemetry) async throws -> Int {
        var count = 0
        for place in 0..<10 {
            let range = Timestamp(milliseconds: 1_793_491_200_000)..<Timestamp(milliseconds: 1_893_491_200_000)
            let days = try await store.statistics(of: ids[place * ids.count / 10], in: range, every: .day)
            count += days.reduce(0) { $0 + $1.count }
        }
        return count
    }

    private static func dashboard(_ url: String) async throws {
        var settings = ClickHouseSettings()
        // What is a year old has long settled.
        (settings.window, settings.settling) = (.zero, .zero)
        let store = try await store(url, "bench_dashboard", settings)
        let ids = try await declare(50, in: store)
        let start: Int64 = 1_767_225_600_000, step: Int64 = 300_000
        let year = Timestamp(milliseconds: start)..<Timestamp(milliseconds: start + 365 * 86_400_000)
        for day in 0..<365 {
            let times = (0..<Int64(288)).map { Timestamp(milliseconds: start + Int64(day) * 86_400_000 + $0 * step) }
            try await store.append(ids.flatMap { id in times.map { Reading(id, at: $0, .number(Double($0.milliseconds / step % 97))) } })
        }
        print("| a year of 50 series, 500 buckets each | ms, median of 9 | slowest |\n|---|---:|---:|")
        try await time("from readings", ids, year, store)
        _ = try await store.compact(now: year.upperBound)
        try await time("from stored statistics", ids, year, store)
        try await store.append(ids.map { Reading($0, at: Timestamp(milliseconds: start + 365 * 86_400_000 - 1), .number(1)) })
        try await time("stored, and a day that changed since", ids, year, store)
        try await store.close()
    }

    private static func time(_ name: String, _ ids: [SeriesID], _ year: Range<Timestamp>, _ store: ClickHouseTelemetry) async throws {
        var times: [Double] = []
        for _ in 0..<9 {
            let time = try await ContinuousClock().measure {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for id in ids { group.addTask { try await store.buckets(of: id, in: year, atMost: 500).buckets.count } }
                    for try await count in group where count < 300 { print("WRONG: \(count) buckets") }
                }
            }
            times.append(time.seconds * 1_000)
        }
        print("| \(name) | \(Int(times.sorted()[4])) | \(Int(times.max() ?? 0)) |")
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
