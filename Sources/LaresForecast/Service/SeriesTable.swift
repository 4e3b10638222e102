internal import LaresJSON
internal import LaresNeural

/// Tables of series, as a home's history writes them and people do: CSV with a column `time`, in seconds since 1970 or as `2026-11-29T07:00:00Z`.
public enum SeriesTable {
    /// How many values a table may have.
    public static let mostValues = 20_000_000

    /// One row for each step, one column for each series; an empty field, and a step without a row, is missing.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - series: The columns that are read; others are left alone.
    ///   - step: Milliseconds from row to row.
    /// - Throws: `ForecastError.badSeries` or `RecipeError`, which name the line.
    public static func panel(_ path: String, _ series: [String], step: Int64) throws -> Panel {
        var places: (time: Int, series: [Int]) = (0, []), rows: [(time: Int64, values: [Double])] = []
        try CSVRows(path: path, name: "the data").read { names in
            places = (try place("time", names), try series.map { try place($0, names) })
        } row: { row, line in
            guard (rows.count + 1) * series.count <= mostValues else {
                throw ForecastError(.badSeries, "the data have more than \(mostValues) values: ask for fewer days, or fewer series")
            }
            let time = try time(row[places.time], line)
            guard rows.last.map({ $0.time < time }) ?? true else {
                throw ForecastError(.badSeries, "the data's line \(line) isn't later than the line before: sort them by time")
            }
            rows.append((time, try places.series.map { try value(row[$0], line) }))
        }
        guard let first = rows.first?.time, let last = rows.last?.time else {
            throw ForecastError(.tooShort, "the data have no rows: nothing was reported in that time")
        }
        let count = (last - first) / step + 1
        guard count * Int64(series.count) <= Int64(mostValues) else {
            throw ForecastError(.badSeries, "the data have \(count) steps of \(step / 1_000) s: more than may be learnt from")
        }
        var values = [[Double]](repeating: [Double](repeating: .nan, count: Int(count)), count: series.count)
        for row in rows {
            guard (row.time - first) % step == 0 else {
                throw ForecastError(.badSeries, "a row of the data isn't a multiple of \(step / 1_000) s after the first: make 'step' fit")
            }
            for (place, value) in row.values.enumerated() { values[place][Int((row.time - first) / step)] = value }
        }
        return try Panel(start: first, step: step, series: values)
    }

    /// What a plan learns from: its series, and its covariates as they were observed.
    ///
    /// - Throws: as ``panel(_:_:step:)``.
    public static func panel(_ path: String, of plan: ForecastPlan) throws -> Panel {
        let all = try panel(path, plan.series + plan.covariates, step: Int64(plan.step) * 1_000), count = plan.series.count
        return try Panel(
            start: all.start, step: all.step, series: Array(all.series.prefix(count)), known: Array(all.series.dropFirst(count)))
    }

    /// Readings of series, one a line: `time,thing,property,value`, as a home's `history.csv` has them; those of other series are left alone.
    ///
    /// - Throws: `ForecastError.badSeries` or `RecipeError`, which name the line.
    public static func readings(_ path: String, _ series: [String]) throws -> [String: [DetectorModel.Sample]] {
        var places: [Int] = [], count = 0, readings: [String: [DetectorModel.Sample]] = [:]
        for name in series { readings[name] = [] }
        try CSVRows(path: path, name: "the data").read { names in
            places = try ["time", "thing", "property", "value"].map { try place($0, names) }
        } row: { row, line in
            let name = row[places[1]] + "/" + row[places[2]]
            guard readings[name] != nil else { return }
            count += 1
            guard count <= mostValues else {
                throw ForecastError(.badSeries, "the data have more than \(mostValues) readings: ask for fewer days, or fewer series")
            }
            let (time, value) = (try time(row[places[0]], line), try value(row[places[3]], line))
            if value.isFinite { readings[name]?.append(DetectorModel.Sample(time, value)) }
        }
        return readings.mapValues { $0.sorted { $0.time < $1.time } }
    }

    private static func place(_ name: String, _ names: [String]) throws -> Int {
        guard let place = names.firstIndex(of: name) else {
            let known = names.prefix(20).joined(separator: ", ")
            throw ForecastError(
                .badSeries, "the data have no column '\(name)'; their first line names \(known)\(names.count > 20 ? ", …" : "")")
        }
        return place
    }

    private static func value(_ text: String, _ line: Int) throws -> Double {
        if text.isEmpty { return .nan }
        if text == "true" || text == "false" { return text == "true" ? 1 : 0 }
        guard let number = Double(text), number.isFinite, abs(number) <= 1e200 else {
            throw ForecastError(.badSeries, "the data's line \(line) has '\(text.prefix(40))', which is no number")
        }
        return number
    }

    private static func time(_ text: String, _ line: Int) throws -> Int64 {
        if let seconds = Double(text), abs(seconds) < 1e11 { return Int64((seconds * 1_000).rounded()) }
        // Fractions of a second as Timestamp writes them.
        let parts = text.split(separator: ".", maxSplits: 1)
        let fraction = parts.count > 1 ? Int64((parts[1].filter { $0 != "Z" } + "00").prefix(3)) : 0
        guard let whole = parts.first.flatMap({ TableFile.time($0) }), let fraction else {
            throw ForecastError(
                .badSeries, "the data's line \(line) has the time '\(text.prefix(40))', which is none such as 2026-11-29T07:00:00Z")
        }
        return whole + fraction
    }
}
