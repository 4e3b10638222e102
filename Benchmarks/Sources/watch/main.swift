import Foundation
import LaresForecast
import LaresJSON

// Watches many series at once: one JSON command a line in, one JSON answer a line out, as Benchmarks/peer.py asks.
//
//     {"do": "watch", "series": 10000, "values": 200, "threads": 2}

/// Values of many series, a wave of a day with noise and now and then a spike, made before the clock runs.
func values(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { step in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Double(state >> 40) / Double(1 << 24)
        let spike = (state >> 32) % 5_000 == 0 ? 60.0 : 0
        return 20 + 5 * sin(Double(step) / 46) + noise + spike
    }
}

/// Has detectors watch in turn, as readings come: every series once, then every series again.
///
/// - Returns: How many readings were worth an alarm.
func watch(_ detectors: inout [EnsembleDetector], _ tape: [Double], from first: Int, count: Int) -> Int {
    var alarms = 0
    for step in first..<(first + count) {
        for place in detectors.indices {
            let value = tape[(step + place * 31) % tape.count]
            alarms += detectors[place].observe(value, at: Int64(step) * 60_000) >= 0.5 ? 1 : 0
        }
    }
    return alarms
}

func answer(_ line: String) throws -> JSON {
    let command = try JSON(parsing: Array(line.utf8))
    guard let series = command["series"]?.number, let count = command["values"]?.number, let threads = command["threads"]?.number else {
        throw JSONError(message: "a command needs series, values and threads")
    }
    let share = Int(series) / Int(threads), learning = DetectorSettings.standard.learning
    let tape = values(20_000, seed: 7)
    let found = UnsafeMutableBufferPointer<(alarms: Int, bytes: Int, seconds: Double)>.allocate(capacity: Int(threads))
    found.initialize(repeating: (0, 0, 0))
    defer { found.deallocate() }
    nonisolated(unsafe) let places = found
    DispatchQueue.concurrentPerform(iterations: Int(threads)) { thread in
        var detectors = (0..<share).map { _ in EnsembleDetector() }
        // All is learnt before the clock runs: what watches at full size is measured.
        _ = watch(&detectors, tape, from: 0, count: 2 * learning)
        let begun = ContinuousClock.now
        let alarms = watch(&detectors, tape, from: 2 * learning, count: Int(count))
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        places[thread] = (alarms, detectors.map(\.state.count).max() ?? 0, seconds)
    }
    let seconds = found.map(\.seconds).max() ?? 1
    return [
        "points": .int(share * Int(threads) * Int(count)), "seconds": .double(seconds), "alarms": .int(found.reduce(0) { $0 + $1.alarms }),
        "bytes": .int(found.map(\.bytes).max() ?? 0),
    ]
}

func say(_ json: JSON) { FileHandle.standardOutput.write(Data((json.serialized + "\n").utf8)) }

say(["version": "1"])
while let line = readLine() { say(try answer(line)) }
