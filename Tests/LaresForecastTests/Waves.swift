import Foundation
import LaresForecast
import LaresTensor

/// Series that tests make: waves of a day and a week, with noise where it is asked for.
struct Waves {
    var count = 24 * 7 * 12
    var noise = 0.0
    var seed: UInt64 = 1
    var size = 1.0
    var level = 0.0

    var values: [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { hour in
            let day = sin(2 * .pi * Double(hour) / 24 + Double(seed)), week = cos(2 * .pi * Double(hour) / 168)
            return level + size * (2 * day + week + noise * Double(random.normal()))
        }
    }

    /// One panel of several series, by the hour from Thursday, 1970-01-01.
    static func panel(_ waves: [Waves], known: [[Double]] = []) throws -> Panel {
        try Panel(start: 0, step: 3_600_000, series: waves.map(\.values), known: known)
    }
}

/// A file that is there while a test runs.
@discardableResult
func withFile<R>(_ text: String = "", _ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("forecast-" + UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try body(path)
}

/// The mean squared difference.
func meanSquare(_ left: some Sequence<Double>, _ right: some Sequence<Double>) -> Double {
    let squares = zip(left, right).map { ($0 - $1) * ($0 - $1) }
    return squares.reduce(0, +) / Double(max(1, squares.count))
}
