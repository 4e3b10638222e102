import LaresForecast
import Testing

@Suite struct NABScorerTests {
    private static let corpus = NABCorpus([
        NABSeries(name: "a/x.csv", times: (0..<100).map(Int64.init), values: Array(repeating: 0, count: 100), windows: [40...49, 70...74]),
        NABSeries(name: "b/y.csv", times: (0..<60).map(Int64.init), values: Array(repeating: 0, count: 60), windows: []),
    ])

    private static func scores(_ detections: [(Int, Int, Double)]) -> [[Double]] {
        var scores = [[Double](repeating: 0, count: 100), [Double](repeating: 0, count: 60)]
        for (series, place, score) in detections { scores[series][place] = score }
        return scores
    }

    @Test func detectingNothingIsNull() {
        let best = NABScorer(Self.corpus).best(Self.scores([]))
        #expect(best.normalised == 0 && best.raw == -2 && best.threshold == 1.1)
    }

    @Test func theFirstValueOfEachWindowIsPerfect() {
        let best = NABScorer(Self.corpus).best(Self.scores([(0, 40, 0.9), (0, 70, 0.9)]))
        #expect(abs(best.normalised - 100) < 1e-12 && best.threshold == 0.9)
    }

    /// Golden values from the benchmark's own sweeper (version 1.1) on the same made series.
    @Test(arguments: [
        ("standard", 1.7772212473381916, 0.5844131536874352), ("reward_low_FP_rate", 1.7772212473381916, 0.4521979136971622),
        ("reward_low_FN_rate", 1.7772212473381916, 0.5844131536874352),
    ])
    func itScoresAsTheBenchmarkDoes(_ name: String, _ few: Double, _ many: Double) throws {
        let profile = try #require(NABProfile.all.first { $0.name == name })
        let scorer = NABScorer(Self.corpus, profile)
        let first = scorer.best(Self.scores([(0, 45, 0.9), (0, 72, 0.8), (0, 20, 0.5), (1, 30, 0.4)]))
        #expect(abs(first.raw - few) < 1e-12 && first.threshold == 0.8)
        let second = scorer.best(
            Self.scores([(0, 49, 0.9), (0, 50, 0.9), (0, 55, 0.9), (0, 74, 0.8), (0, 90, 0.7), (1, 9, 0.75), (1, 8, 1)]))
        #expect(abs(second.raw - many) < 1e-12 && second.threshold == 0.8)
    }

    @Test func whatIsAtTheBeginningDoesNotCount() {
        #expect(NABScorer(Self.corpus).score(Self.scores([(0, 14, 1), (1, 8, 1)]), at: 0.5).raw == -2)
        #expect(NABScorer(Self.corpus).score(Self.scores([(0, 15, 1)]), at: 0.5).raw == -2.11)
    }

    @Test func onlyTheBestOfAWindowCounts() {
        let scorer = NABScorer(Self.corpus)
        #expect(scorer.score(Self.scores([(0, 45, 1), (0, 46, 1)]), at: 0.5).raw == scorer.score(Self.scores([(0, 45, 1)]), at: 0.5).raw)
    }

    @Test func justBehindAWindowCostsLess() {
        let scorer = NABScorer(Self.corpus)
        let (near, far) = (scorer.score(Self.scores([(0, 50, 1)]), at: 0.5).raw, scorer.score(Self.scores([(0, 69, 1)]), at: 0.5).raw)
        #expect(near > far && far > -2.11 && near < -2)
    }

    @Test func aThresholdIsChosenWithoutTheFolderItIsUsedOn() {
        let scores = Self.scores([(0, 40, 0.9), (0, 70, 0.9), (1, 30, 0.95)])
        // Without a window nothing is best detected never; with the other's threshold there is a false alarm.
        #expect(abs(Self.corpus.crossValidated(scores) + 2.75) < 1e-9)
    }
}
