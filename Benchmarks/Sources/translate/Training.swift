import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor

/// How a model learns a task.
struct Training {
    var epochs: Int
    var peak: Float
    var smoothing: Float
    var batch = 64, warmUp = 500
    /// Written after every epoch, and gone on from when it is there.
    var checkpoint: String?

    /// The model that learnt, and how long it took in all.
    func run<T: Translator>(_ start: T, _ task: Task, _ data: Sequences) throws -> (model: T, seconds: Int) {
        var (model, optimizer, random, done, seconds) = (start, Adam(), SeededRandom(seed: 3), 0, 0.0)
        if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) {
            let saved = try Checkpoint(contentsOf: checkpoint)
            try saved.restore(&model, &optimizer, &random)
            (done, seconds) = (Int(saved.notes["epoch"] ?? "") ?? 0, Double(saved.notes["seconds"] ?? "") ?? 0)
        }
        let schedule = schedule(for: data.pairs.count)
        while done < epochs {
            done += 1
            let begin = Date(), (loss, steps) = epoch(&model, &optimizer, &random, schedule, data), took = Date().timeIntervalSince(begin)
            seconds += took
            let held = task.held.isEmpty ? "" : "; held back: \(data.score(task.held, by: model, beams: 1))"
            note("\(task.name) epoch \(done): loss \(loss), \(Int(Double(steps) / took)) steps/s\(held)")
            let notes = ["epoch": String(done), "seconds": String(seconds)]
            if let checkpoint { try Checkpoint(model, optimizer, random, notes: notes).write(to: checkpoint) }
        }
        return (model, Int(seconds))
    }

    private func schedule(for pairs: Int) -> Schedule {
        let steps = epochs * pairs / batch, warmUp = min(warmUp, steps / 10)
        return Schedule.cosine(peak, to: peak / 50, over: steps - warmUp).warmedUp(over: warmUp)
    }

    private func epoch<T: Translator>(
        _ model: inout T, _ optimizer: inout Adam, _ random: inout SeededRandom, _ schedule: Schedule, _ data: Sequences
    ) -> (loss: Float, steps: Int) {
        var curve = LossCurve()
        for pairs in data.pairs.batches(of: batch, shuffledBy: &random) {
            let (loss, gradient) = valueAndGradient(at: model, random: &random) { $0.loss(pairs, smoothing: smoothing) }
            optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
            curve.append(loss)
        }
        return (curve.recent(curve.losses.count), curve.losses.count)
    }
}

/// Progress, beside the result.
func note(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
