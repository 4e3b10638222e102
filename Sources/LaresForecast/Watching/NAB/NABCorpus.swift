internal import Foundation
internal import LaresJSON

/// The series of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015), as its repository has them.
public struct NABCorpus: Sendable, Hashable {
    /// By name.
    public let series: [NABSeries]

    /// These series.
    public init(_ series: [NABSeries]) { self.series = series }

    /// Reads `data/*/*.csv` and `labels/combined_windows.json` of a checkout.
    ///
    /// - Throws: `ForecastError.badFile`.
    public init(contentsOf folder: String) throws {
        let labels = try Self.bytes("\(folder)/labels/combined_windows.json")
        guard case .object(let windows)? = try? JSON(parsing: labels) else {
            throw ForecastError(
                .badFile, "'\(folder)/labels/combined_windows.json' isn't a JSON object: take it from the benchmark's repository")
        }
        series = try windows.map { name, value in
            let table = try NABTable(Self.bytes("\(folder)/data/\(name)"), name)
            let ranges = try (value.elements ?? []).map { try Self.range($0, in: table, name) }
            return NABSeries(name: name, times: table.times, values: try table.column("value"), windows: ranges)
        }.sorted { $0.name < $1.name }
    }

    /// The scores that a detector once gave, from `results/DETECTOR/*/*.csv` of a checkout.
    ///
    /// - Returns: For each series, a score for each value.
    /// - Throws: `ForecastError.badFile`.
    public func results(of detector: String, in folder: String) throws -> [[Double]] {
        try series.map { series in
            let file = series.name.split(separator: "/").last.map { "\(detector)_\($0)" } ?? series.name
            let path = "\(folder)/\(detector)/\(series.folder)/\(file)"
            let scores = try NABTable(Self.bytes(path), path).column("anomaly_score")
            guard scores.count == series.values.count else {
                throw ForecastError(.badFile, "'\(path)' has \(scores.count) scores for \(series.values.count) values")
            }
            return scores
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 26 else {
            throw ForecastError(
                .badFile, "'\(path)' can't be read, or has more than 64 MiB: give the folder of the Numenta Anomaly Benchmark")
        }
        return [UInt8](data)
    }

    private static func range(_ pair: JSON, in table: NABTable, _ name: String) throws -> ClosedRange<Int> {
        let ends = (pair.elements ?? []).compactMap { $0.text.flatMap { NABTable.time(Array($0.utf8)[...]) } }
        guard ends.count == 2, let first = table.times.firstIndex(of: ends[0]), let last = table.times.firstIndex(of: ends[1]),
            first <= last
        else { throw ForecastError(.badFile, "a window of '\(name)' doesn't begin and end with one of its values") }
        return first...last
    }
}
