import Foundation
import LaresJSON
import LaresServing

/// The page of a training: how far it is, its losses, what it came to, what happened.
struct JobDetail {
    let job: Job
    /// What it became: what that is called, and the address of its page.
    let published: (title: String, page: String)?
    /// Whether the data set it learned from is still here.
    let hasData: Bool
    let amount: Amount
    let mayChange: Bool
    /// Whether the reader may name files of this machine.
    let isLocal: Bool
    /// Other limits that somebody filled in.
    var limits: LimitsForm?
    var now = Date()

    private var words: Words { amount.words }
    private var progress: JobProgress? { JobProgress(job.progress) }
    private var chart: LossChart { LossChart(job: job, amount: amount) }

    /// The parts that change while it runs, by the id of their place.
    static let parts: [(String, Page)] = [
        ("acts", .jobActs), ("how", .jobProgress), ("curve", .curve), ("losses", .losses), ("facts-list", .facts), ("log", .jobLog),
        ("results", .jobResults),
    ]

    var title: String { JobText(words).title(of: job) }

    /// The fields of the template `job` and of its parts.
    var fields: [String: Any] {
        var fields = JobText(words).state(of: job)
        fields["id"] = job.id
        fields["title"] = title
        fields["heading"] = title
        fields["sentence"] = sentence
        fields["live"] = job.isOver ? false : job.page + "/events"
        fields["cancel"] = mayChange && !job.isOver ? job.page + "/cancel" : false
        fields["remove"] = mayChange && job.isOver ? job.page + "/remove" : false
        fields["resume"] = mayChange && job.isResumable ? job.page + "/resume" : false
        fields["resumeLimits"] = fields["resume"]
        fields.merge((limits ?? LimitsForm(job.limits)).fields) { $1 }
        fields["again"] = mayRepeat ? "/new-training?job=\(job.id)" : false
        fields["network"] = published?.page ?? false
        fields["networkName"] = published?.title ?? ""
        let steps = max(1, progress?.steps ?? 1)
        fields["step"] = "\(job.state == .finished ? steps : progress?.step ?? 0)"
        fields["steps"] = "\(steps)"
        fields["epochs"] = JobText(words).epochs(of: job) ?? words("job.noEpochs")
        fields["message"] = job.message ?? false
        fields["messageTitle"] = words(job.state == .queued ? "job.waits" : "job.failed")
        fields["messageTone"] = job.state == .queued ? "warn" : "bad"
        fields["facts"] = facts
        fields["log"] = job.log.reversed().map(note)
        fields["recipe"] = job.recipe.indented
        fields.merge(results) { $1 }
        return fields.merging(chart.fields) { $1 }
    }

    private var isOfSeries: Bool { JobText(words).isOfSeries(job) }
    private var mayRepeat: Bool {
        mayChange && !isOfSeries && (hasData || (isLocal && job.recipe["data"]?["file"]?.text?.hasPrefix("/") == true))
    }

    /// One sentence that says how things are.
    var sentence: String {
        let epoch = "\(progress?.epoch ?? 0)", epochs = "\(progress?.epochs ?? 0)"
        switch job.state {
        case .queued: return words(job.attempts > 0 ? "job.sentence.interrupted" : "job.sentence.queued")
        case .running:
            guard let progress else { return words("job.sentence.reading") }
            if isOfSeries { return words("job.sentence.series", ["done": epoch, "count": epochs]) }
            guard let left = progress.secondsLeft else { return words("job.sentence.running", ["epoch": epoch, "epochs": epochs]) }
            return words("job.sentence.left", ["epoch": epoch, "epochs": epochs, "left": amount.duration(left)])
        case .finished:
            let time = amount.duration(job.ended.map { $0.timeIntervalSince(started) } ?? 0)
            if isOfSeries { return words("job.sentence.seriesFinished", ["count": epochs, "time": time]) }
            let isEarly = progress.map { $0.epoch < $0.epochs } ?? false
            return words(isEarly ? "job.sentence.early" : "job.sentence.finished", ["epoch": epoch, "epochs": epochs, "time": time])
        case .failed: return words("job.sentence.failed")
        case .cancelled: return words("job.sentence.cancelled", ["epoch": epoch])
        }
    }

    private var started: Date { job.log.first { $0.event == .started }?.time ?? job.created }

    private var facts: [[String: Any]] {
        let file = job.recipe["data"]?["file"]?.text?.split(separator: "/").last.map(String.init)
        return pace + [
            Fact.plain(words("job.data"), file ?? words("unit.none")),
            Fact.plain(words("job.target"), JobText(words).target(of: job)),
            Fact.plain(words("job.asked"), amount.moment(job.created)), Fact.plain(words("job.by"), job.by ?? words("unit.none")),
            Fact.plain(words("job.attempts"), "\(job.attempts)"), Fact.plain(words("limits.title"), allowed),
            Fact.code(words("job.id"), job.id),
        ]
    }

    /// What it may use: "2,048 MB of memory, 4,096 MB of disk, 24 h".
    private var allowed: String {
        let limits = job.limits
        let time = limits.seconds.map { amount.duration(TimeInterval($0)) } ?? words("limits.noEnd")
        return words("limits.all", ["memory": amount.whole(limits.memory), "disk": amount.whole(limits.disk), "time": time])
    }

    /// The same lines from the beginning, so that nothing moves when they are known.
    private var pace: [[String: Any]] {
        let none = words("unit.none")
        let steps = progress.map { words("job.steps", ["step": amount.whole($0.step), "steps": amount.whole($0.steps)]) }
        var facts = [Fact.plain(words("job.step"), steps ?? none)]
        if !job.isOver {
            let rate = job.state == .running ? progress?.stepsPerSecond : nil
            facts.append(Fact.plain(words("job.rate"), rate.map { words("job.stepsASecond", ["n": amount.figure($0)]) } ?? none))
        }
        guard job.recipe["early_stopping"]?["patience"] != nil else { return facts }
        let best = progress.flatMap { progress in
            progress.best.map { words("job.bestEpoch", ["epoch": "\($0)", "since": "\(max(0, progress.epoch - $0))"]) }
        }
        return facts + [Fact.plain(words("job.best"), best ?? none)]
    }

    /// The figures of a finished training, and the rows they were taken on.
    private var results: [String: Any] {
        guard case .object(let parts)? = job.card["metrics"] else { return ["anyResults": false, "metrics": [[String: Any]]()] }
        var metrics: [String: Double] = [:]
        for (part, values) in parts {
            guard case .object(let values) = values else { continue }
            for (name, value) in values { metrics["\(part) \(name)"] = value.number }
        }
        let rows = MetricText(words).rows(of: metrics).map { ["label": $0.label, "value": $0.value] as [String: Any] }
        return ["anyResults": !rows.isEmpty, "metrics": rows]
    }

    private func note(_ note: JobNote) -> [String: Any] {
        [
            "time": amount.moment(note.time), "timeExact": amount.exact(note.time), "what": words("joblog.\(note.event.rawValue)"),
        ]
    }
}
