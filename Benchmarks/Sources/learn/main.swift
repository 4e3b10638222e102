import Foundation
import LaresTensor

// A child process of learn.py that measures what it is told to: one JSON command a line in, one JSON answer a line out.

struct Command: Decodable {
    let name: String
    let seconds: Double
}

struct Answer: Encodable {
    /// Steps a second, or what the trial counts.
    let rate: Double
    /// Blocks of memory a step, those among them that are new from the system, and the most bytes at one time.
    let requests: Double, fromSystem: Double
    let peakBytes: Int
}

func measure(_ trial: Trial, seconds: Double) -> Answer {
    for _ in 0..<3 { trial.step() }
    let clock = ContinuousClock(), begin = clock.now, before = TensorMemoryUse.current
    var steps = 0.0
    while clock.now - begin < .seconds(seconds) {
        trial.step()
        steps += 1
    }
    let took = (clock.now - begin) / .seconds(1), after = TensorMemoryUse.current
    return Answer(
        rate: steps * trial.unit / took, requests: Double(after.requests - before.requests) / steps,
        fromSystem: Double(after.fromSystem - before.fromSystem) / steps, peakBytes: after.peakBytes)
}

func tell(_ line: some Encodable) throws { FileHandle.standardOutput.write(try JSONEncoder().encode(line) + Data("\n".utf8)) }

try tell(["version": "Lares"])
var trials: [String: Trial] = [:]
while let line = readLine() {
    let command = try JSONDecoder().decode(Command.self, from: Data(line.utf8))
    guard let trial = trials[command.name] ?? Trial.named(command.name) else {
        FileHandle.standardError.write(Data("learn: no trial '\(command.name)'\n".utf8))
        exit(2)
    }
    trials[command.name] = trial
    try tell(measure(trial, seconds: command.seconds))
}
