public import LaresJSON

/// Scores of detectors on the benchmark, measured and published.
public struct NABReport: Sendable, Hashable {
    /// One detector's scores, 0 to 100.
    public struct Row: Sendable, Hashable {
        /// Its name.
        public let detector: String
        /// By the names of profiles.
        public let scores: [String: Double]
        /// The threshold of the standard profile; nil: not measured here.
        public let threshold: Double?
        /// The standard score when each folder's threshold is chosen on the others; nil: not measured here.
        public let crossValidated: Double?
        /// Values watched a second, on one thread; nil: not measured here.
        public let pace: Double?
        /// Where the scores are from.
        public let origin: Origin
    }

    /// Where scores are from.
    public enum Origin: String, Sendable, Hashable, CaseIterable {
        /// Watched and scored now.
        case here
        /// Scored now, from what the detector said when the benchmark's authors ran it, with the thresholds they kept.
        case rescored
        /// Read.
        case published
    }

    /// The best first.
    public private(set) var rows: [Row] = []

    /// Watches the corpus with every detector of Lares, scores what `results` holds of others, and puts published scores beside.
    ///
    /// - Parameters:
    ///   - corpus: The series.
    ///   - folder: A checkout of the benchmark.
    ///   - results: A folder with what other detectors said; nil: only read.
    ///   - detectors: Names of those whose scores are in `results`.
    /// - Throws: ``ForecastError``.
    public init(_ corpus: NABCorpus, in folder: String, results: String? = nil, detectors: [String] = []) throws {
        let scorers = NABProfile.all.map { (profile: $0, scorer: NABScorer(corpus, $0)) }
        for type in Self.own { rows.append(try Self.measured(type, corpus, scorers)) }
        let stored = NABStored(contentsOf: folder)
        for name in results == nil ? [] : detectors {
            let scores = try corpus.results(of: name, in: results ?? folder)
            let found = scorers.map { one -> (String, Double) in
                let threshold = stored.thresholds[name]?[one.profile.name]
                return (one.profile.name, (threshold.map { one.scorer.score(scores, at: $0) } ?? one.scorer.best(scores)).normalised)
            }
            rows.append(
                Row(
                    detector: name, scores: Dictionary(found, uniquingKeysWith: { $1 }), threshold: stored.thresholds[name]?["standard"],
                    crossValidated: corpus.crossValidated(scores), pace: nil, origin: .rescored))
        }
        for (name, scores) in stored.scores.isEmpty ? Self.published : stored.scores {
            rows.append(Row(detector: name, scores: scores, threshold: nil, crossValidated: nil, pace: nil, origin: .published))
        }
        rows.sort { ($0.scores["standard"] ?? 0, $1.detector) > ($1.scores["standard"] ?? 0, $0.detector) }
    }

    private static let own: [any Detector.Type] = [
        EnsembleDetector.self, Extremes.self, SeasonalResidual.self, Roughness.self, Sustained.self, ShapeNovelty.self,
        RelativeEntropy.self,
        ChangePoint.self, ErrorLikelihood.self, SpectralResidual.self,
    ]

    /// As the benchmark's README had them in version 1.1.
    private static let published: [String: [String: Double]] = [
        "ARTime": ["standard": 74.9, "reward_low_FP_rate": 65.1, "reward_low_FN_rate": 80.4],
        "numenta": ["standard": 70.1, "reward_low_FP_rate": 63.1, "reward_low_FN_rate": 74.3],
        "contextOSE": ["standard": 69.9, "reward_low_FP_rate": 67.0, "reward_low_FN_rate": 73.2],
        "earthgeckoSkyline": ["standard": 58.2, "reward_low_FP_rate": 46.2, "reward_low_FN_rate": 63.9],
        "knncad": ["standard": 58.0, "reward_low_FP_rate": 43.4, "reward_low_FN_rate": 64.8],
        "relativeEntropy": ["standard": 54.6, "reward_low_FP_rate": 47.6, "reward_low_FN_rate": 58.8],
        "randomCutForest": ["standard": 51.7, "reward_low_FP_rate": 38.4, "reward_low_FN_rate": 59.7],
        "windowedGaussian": ["standard": 39.6, "reward_low_FP_rate": 20.9, "reward_low_FN_rate": 47.4],
    ]

    private static func measured(
        _ type: any Detector.Type, _ corpus: NABCorpus, _ scorers: [(profile: NABProfile, scorer: NABScorer)]
    ) throws -> Row {
        let begun = ContinuousClock.now
        let scores = try corpus.scores(of: type)
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let best = scorers.map { ($0.profile.name, $0.scorer.best(scores)) }
        let count = corpus.series.reduce(0) { $0 + $1.values.count }
        return Row(
            detector: "lares \(type.name)", scores: Dictionary(best.map { ($0.0, $0.1.normalised) }, uniquingKeysWith: { $1 }),
            threshold: best.first { $0.0 == "standard" }?.1.threshold, crossValidated: corpus.crossValidated(scores),
            pace: seconds > 0 ? Double(count) / seconds : nil, origin: .here)
    }

    /// The report as plain data.
    public var json: JSON {
        ["benchmark": "NAB 1.1", "rows": .array(rows.map(\.json))]
    }
}

extension NABReport.Row {
    fileprivate var json: JSON {
        var members: JSON.Members = ["detector": .string(detector), "origin": .string(origin.rawValue)]
        for profile in NABProfile.all { members[profile.name] = scores[profile.name].map { .double($0) } }
        members["threshold"] = threshold.map { .double($0) }
        members["cross_validated"] = crossValidated.map { .double($0) }
        members["points_per_second"] = pace.map { .double($0.rounded()) }
        return .object(members)
    }
}
