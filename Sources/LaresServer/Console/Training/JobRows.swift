import Foundation
import LaresJSON
import LaresServing

/// The trainings as rows, newest first, and the sentence above them.
struct JobRows {
    let jobs: [Job]
    let counts: [Job.State: Int]
    let amount: Amount
    var now = Date()

    private var words: Words { amount.words }

    /// One sentence that says how things are.
    var sentence: String {
        let running = counts[.running, default: 0], waiting = counts[.queued, default: 0]
        return running + waiting == 0
            ? words("train.sentence.idle") : words("train.sentence.busy", ["running": "\(running)", "waiting": "\(waiting)"])
    }

    var rows: [[String: Any]] { jobs.map(row) }

    private func row(_ job: Job) -> [String: Any] {
        let text = JobText(words), progress = JobProgress(job.progress)
        let fields: [String: Any] = [
            "id": job.id, "title": text.title(of: job), "href": job.page,
            "progress": done(progress) ?? words("unit.none"),
            "bar": job.state == .running ? progress?.bar ?? false : false,
            "asked": amount.ago(job.created, now: now), "askedExact": amount.exact(job.created), "by": job.by ?? words("unit.none"),
        ]
        return fields.merging(text.state(of: job)) { $1 }
    }

    /// "12 of 50"; of so many that a column can't hold both, the share.
    private func done(_ progress: JobProgress?) -> String? {
        guard let progress else { return nil }
        guard progress.epochs >= 10_000 else {
            return words("job.done", ["done": amount.whole(progress.epoch), "all": amount.whole(progress.epochs)])
        }
        return amount.percent(Double(progress.epoch) / Double(progress.epochs))
    }
}

/// How far a training is, as its process told it.
struct JobProgress {
    let epoch: Int
    let epochs: Int
    let step: Int
    let steps: Int
    let loss: Double?
    let validation: Double?
    let best: Int?
    let stepsPerSecond: Double?

    /// Nil before the first progress.
    init?(_ json: JSON) {
        func whole(_ key: String) -> Int? { json[key]?.number.flatMap { Int(exactly: $0) } }
        guard let epoch = whole("epoch"), let epochs = whole("epochs"), let step = whole("step"), let steps = whole("steps") else {
            return nil
        }
        (self.epoch, self.epochs, self.step, self.steps, best) = (epoch, epochs, step, steps, whole("best_epoch"))
        loss = json["loss"]?.number
        validation = json["validation"]?.number
        stepsPerSecond = json["steps_per_second"]?.number
    }

    /// The fields of its progress bar.
    var bar: Any { ["step": "\(step)", "steps": "\(max(1, steps))"] }

    /// How long it takes to the last epoch at this pace; nil when nobody knows.
    var secondsLeft: Double? {
        guard let stepsPerSecond, stepsPerSecond > 0, step < steps else { return nil }
        return Double(steps - step) / stepsPerSecond
    }
}
