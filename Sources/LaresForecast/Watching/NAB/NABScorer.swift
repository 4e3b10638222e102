internal import Foundation

/// Scores detectors as the Numenta Anomaly Benchmark does (Lavin and Ahmad 2015, §III; its `sweeper`).
///
/// The first detection in a window earns up to 1, the more the earlier; a window without any costs `miss`; a detection outside costs up to
/// `falseAlarm`, less just behind a window. Nothing counts in the first 15%.
public struct NABScorer: Sendable {
    /// A score of a whole corpus.
    public struct Score: Sendable, Hashable {
        /// From this score of a detector on, a value is a detection.
        public let threshold: Double
        /// What all windows and detections come to.
        public let raw: Double
        /// 0: nothing is ever detected; 100: every window at its first value, and nothing else.
        public let normalised: Double
    }

    /// What a detection at a value is worth, whether it counts, and in which window it is.
    private struct Point {
        let worth: Double
        /// Counts windows over all series; nil: in none.
        let window: Int?
    }

    private let points: [[Point?]]
    private let windowsOf: [Int]
    private let profile: NABProfile

    /// A scorer of a corpus by a profile.
    public init(_ corpus: NABCorpus, _ profile: NABProfile = .standard) {
        var first = 0
        var points: [[Point?]] = []
        for series in corpus.series {
            points.append(Self.points(series, firstWindow: first, profile))
            first += series.windows.count
        }
        (self.points, self.profile) = (points, profile)
        windowsOf = corpus.series.map(\.windows.count)
    }

    /// The best score that any threshold gives, over the series that count; the greatest of thresholds that give the same.
    ///
    /// - Parameters:
    ///   - scores: For each series, a score for each value.
    ///   - isCounted: Which series count, by their place.
    public func best(_ scores: [[Double]], where isCounted: (Int) -> Bool = { _ in true }) -> Score {
        var sweep = Sweep(profile)
        var best = (threshold: 1.1, gain: 0.0)
        let detections = self.detections(scores, where: isCounted).sorted { $0.score > $1.score }
        for (place, detection) in detections.enumerated() {
            sweep.take(detection.point)
            let isLast = place + 1 == detections.count || detections[place + 1].score != detection.score
            if isLast, sweep.gain > best.gain { best = (detection.score, sweep.gain) }
        }
        return score(best.gain, best.threshold, where: isCounted)
    }

    /// The score at a threshold.
    public func score(_ scores: [[Double]], at threshold: Double, where isCounted: (Int) -> Bool = { _ in true }) -> Score {
        var sweep = Sweep(profile)
        for detection in detections(scores, where: isCounted) where detection.score >= threshold { sweep.take(detection.point) }
        return score(sweep.gain, threshold, where: isCounted)
    }

    private func detections(_ scores: [[Double]], where isCounted: (Int) -> Bool) -> [(score: Double, point: Point)] {
        zip(scores, points).enumerated().flatMap { place, pair in
            isCounted(place) ? zip(pair.0, pair.1).compactMap { score, point in point.map { (score, $0) } } : []
        }
    }

    private func score(_ gain: Double, _ threshold: Double, where isCounted: (Int) -> Bool) -> Score {
        let windows = Double(windowsOf.indices.filter(isCounted).reduce(0) { $0 + windowsOf[$1] })
        let perfect = windows * (1 + profile.miss)
        return Score(threshold: threshold, raw: gain - windows * profile.miss, normalised: perfect > 0 ? 100 * gain / perfect : 0)
    }

    /// Adds up what detections are worth; a window counts its best.
    private struct Sweep {
        let profile: NABProfile
        /// Above detecting nothing at all.
        var gain = 0.0
        private var windows: [Int: Double] = [:]

        init(_ profile: NABProfile) { self.profile = profile }

        mutating func take(_ point: Point) {
            guard let window = point.window else {
                gain += point.worth
                return
            }
            let before = windows[window] ?? -profile.miss
            guard point.worth > before else { return }
            gain += point.worth - before
            windows[window] = point.worth
        }
    }
}

extension NABScorer {
    /// What a detection would be worth at each value of a series; nil: it isn't scored.
    private static func points(_ series: NABSeries, firstWindow: Int, _ profile: NABProfile) -> [Point?] {
        var next = 0
        return series.values.indices.map { index in
            while next < series.windows.count, series.windows[next].upperBound < index { next += 1 }
            guard index >= series.probation else { return nil }
            if next < series.windows.count, series.windows[next].contains(index) {
                let window = series.windows[next]
                let position = -Double(window.upperBound - index + 1) / Double(window.count)
                return Point(worth: worth(position) / worth(-1), window: firstWindow + next)
            }
            let before = next > 0 ? series.windows[next - 1] : nil
            let position = before.map { Double(index - $0.upperBound) / Double(max(1, $0.count - 1)) }
            return Point(worth: profile.falseAlarm * (position.map(worth) ?? -1), window: nil)
        }
    }

    /// By the place beside a window: -1 is its first value, 0 just behind its last, 1 as far behind as it is long.
    private static func worth(_ position: Double) -> Double { position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1 }
}
