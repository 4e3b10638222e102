import LaresForecast
import LaresJSON
import LaresServing

/// What pages say of a training.
struct JobText {
    let words: Words

    init(_ words: Words) { self.words = words }

    /// The name that its network will have; of one without, the data it learns from.
    func title(of job: Job) -> String {
        if let name = job.recipe["name"]?.text, !name.isEmpty { return name }
        let file = job.recipe["data"]?["file"]?.text?.split(separator: "/").last.map(String.init)
        return file ?? job.id
    }

    /// "12 of 50 epochs", or series; nil before anything is known.
    func epochs(of job: Job) -> String? {
        guard let progress = JobProgress(job.progress) else { return nil }
        let amount = Amount(words)
        return words(
            isOfSeries(job) ? "job.seriesDone" : "job.epochs",
            ["epoch": amount.whole(progress.epoch), "epochs": amount.whole(progress.epochs)])
    }

    /// What it learns to tell.
    func target(of job: Job) -> String {
        if let column = job.recipe["target"]?["name"]?.text { return column }
        if isOfSeries(job) { return words("job.seriesTarget") }
        return TextRecipe.kind(of: job.recipe).map { words("job.target.\($0.rawValue)") } ?? words("unit.none")
    }

    /// Whether it trains a forecaster or a detector.
    func isOfSeries(_ job: Job) -> Bool { SeriesRecipe.describes(job.recipe) }

    /// The fields of the template `state`: icon, word and colour, always all three.
    func state(of job: Job) -> [String: Any] {
        let looks =
            switch job.state {
            case .queued: (tone: "", icon: "clock")
            case .running: (tone: "info", icon: "play")
            case .finished: (tone: "ok", icon: "check")
            case .failed: (tone: "bad", icon: "alert")
            case .cancelled: (tone: "", icon: "x")
            }
        return ["state": words("jobstate.\(job.state.rawValue)"), "tone": looks.tone, "stateIcon": looks.icon]
    }
}

extension Job {
    /// The address of its page.
    var page: String { "/training/" + id.pathEscaped }
}
