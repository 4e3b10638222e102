import Foundation
import LaresForecast
import LaresJSON

// Fits and forecasts the series of a file: one JSON command a line in, one JSON answer a line out, as Benchmarks/peer.py asks.
//
//     {"do": "forecast", "input": "series.f64", "count": 1000, "output": "forecasts.f64", "steps": 48, "seasons": [24, 168]}

/// Doubles of a file, as the machine keeps them, cut into `count` series.
func series(of path: String, count: Int) throws -> [[Double]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let all = data.withUnsafeBytes { bytes in (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) } }
    let length = all.count / max(1, count)
    return (0..<count).map { Array(all[($0 * length)..<(($0 + 1) * length)]) }
}

func answer(_ line: String) throws -> JSON {
    let command = try JSON(parsing: Array(line.utf8))
    guard let input = command["input"]?.text, let output = command["output"]?.text, let count = command["count"]?.number,
        let steps = command["steps"]?.number, let seasons = command["seasons"]?.elements?.compactMap(\.number)
    else { throw JSONError(message: "a command needs input, output, count, steps and seasons") }
    let panel = try Panel(start: 0, step: 3_600_000, series: try series(of: input, count: Int(count)))
    let begun = ContinuousClock.now, before = clock()
    let model = try AutoSmoothing(seasons: seasons.map { Int($0) }).fitted(to: panel)
    let forecasts = try model.forecast(panel, steps: Int(steps))
    let seconds = (ContinuousClock.now - begun) / .seconds(1), processor = Double(clock() - before) / Double(CLOCKS_PER_SEC)
    let data = forecasts.joined().reduce(into: Data()) { data, value in withUnsafeBytes(of: value) { data.append(contentsOf: $0) } }
    try data.write(to: URL(fileURLWithPath: output))
    let names = (model as? FittedSmoothing)?.names ?? []
    return ["seconds": .double(seconds), "processor_seconds": .double(processor), "models": .array(names.map(JSON.string))]
}

func say(_ json: JSON) { FileHandle.standardOutput.write(Data((json.serialized + "\n").utf8)) }

say(["version": "1"])
while let line = readLine() { say(try answer(line)) }
