/// Has detectors watch the benchmark's series.
extension NABCorpus {
    /// The scores of a detector that is made anew for each series and told only how long the benchmark doesn't score.
    ///
    /// - Throws: `ForecastError.badSetting` when a series is so short that nothing can be learnt before it is scored.
    public func scores<Watching: Detector>(of detector: Watching.Type) throws -> [[Double]] {
        try series.map { series in
            var detector = Watching(try DetectorSettings(learning: max(20, series.probation)))
            return zip(series.values, series.times).map { detector.observe($0, at: $1) }
        }
    }

    /// What a detector scores when the threshold for each folder is chosen on the others.
    public func crossValidated(_ scores: [[Double]], _ profile: NABProfile = .standard) -> Double {
        let scorer = NABScorer(self, profile)
        let windows = Double(series.reduce(0) { $0 + $1.windows.count })
        let gains = Set(series.map(\.folder)).map { folder in
            let threshold = scorer.best(scores) { series[$0].folder != folder }.threshold
            let part = scorer.score(scores, at: threshold) { series[$0].folder == folder }
            return part.raw + profile.miss * Double(series.filter { $0.folder == folder }.reduce(0) { $0 + $1.windows.count })
        }
        return windows > 0 ? 100 * gains.reduce(0, +) / (windows * (1 + profile.miss)) : 0
    }
}
