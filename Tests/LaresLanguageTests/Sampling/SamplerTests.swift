import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite struct SamplerTests {
    private func next(_ sampler: inout Sampler, _ logits: [Float], history: [Token] = [], promptLength: Int = 0) -> Token {
        var logits = logits
        return logits.withUnsafeMutableBufferPointer { sampler.next($0, history: history, promptLength: promptLength) }
    }

    /// How often each token is drawn.
    private func counts(_ parameters: SamplingParameters, _ logits: [Float], draws: Int = 20_000, seed: UInt64 = 7, history: [Token] = [])
        -> [Int]
    {
        var sampler = Sampler(parameters, seed: seed)
        var counts = [Int](repeating: 0, count: logits.count)
        for _ in 0..<draws { counts[Int(next(&sampler, logits, history: history))] += 1 }
        return counts
    }

    private func softmax(_ logits: [Float], temperature: Float = 1) -> [Double] {
        let highest = logits.max() ?? 0
        let weights = logits.map { exp(Double(($0 - highest) / temperature)) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// Pearson's statistic of counts against probabilities.
    private func chiSquare(_ counts: [Int], _ expected: [Double]) -> Double {
        let draws = Double(counts.reduce(0, +))
        return zip(counts, expected).reduce(0) { sum, pair in
            pair.1 == 0 ? sum + (pair.0 == 0 ? 0 : .infinity) : sum + pow(Double(pair.0) - draws * pair.1, 2) / (draws * pair.1)
        }
    }

    @Test func temperatureZeroTakesTheFirstHighestLogit() {
        var sampler = Sampler(SamplingParameters(temperature: 0), seed: 1)
        #expect(next(&sampler, [1, 3, 3, 2]) == 1)
        #expect(next(&sampler, [.nan, -4, -3]) == 2)
    }

    @Test(arguments: [0.5, 1, 1.7] as [Float]) func drawsFollowTheSoftmax(temperature: Float) {
        let logits: [Float] = [0, 1, 2, -1, 0.5, 1.5, -2, 0.25]
        let seed: UInt64 = 11
        let statistic = chiSquare(
            counts(SamplingParameters(temperature: temperature), logits, seed: seed), softmax(logits, temperature: temperature))
        // 7 degrees of freedom: 24.3 is exceeded once in a thousand seeds.
        #expect(statistic < 24.3, "seed \(seed)")
    }

    @Test func topKKeepsTheLikeliest() {
        let logits: [Float] = [0, 3, 1, 2, 1, -5]
        let drawn = counts(SamplingParameters(topK: 3), logits)
        #expect(drawn[0] == 0 && drawn[4] == 0 && drawn[5] == 0)  // of the two equal ones the smaller token stays
        #expect(chiSquare([drawn[1], drawn[2], drawn[3]], softmax([3, 1, 2])) < 13.8, "seed 7")
        #expect(counts(SamplingParameters(topK: 1), logits, draws: 50)[1] == 50)
    }

    @Test func topPKeepsTheSmallestSetThatReachesTheMass() {
        // Probabilities .5, .3, .15, .05
        let logits = [0.3, 0.05, 0.5, 0.15].map { Float(log($0)) }
        let drawn = counts(SamplingParameters(topP: 0.79), logits)
        #expect(drawn[1] == 0 && drawn[3] == 0)
        #expect(chiSquare([drawn[0], drawn[2]], [0.375, 0.625]) < 10.8, "seed 7")
        #expect(counts(SamplingParameters(topP: 0), logits, draws: 50)[2] == 50)
        #expect(counts(SamplingParameters(topP: 0.81), logits)[3] > 0)
    }

    @Test func minPIsRelativeToTheLikeliest() {
        let logits = [0.5, 0.3, 0.15, 0.05].map { Float(log($0)) }
        let drawn = counts(SamplingParameters(minP: 0.25), logits)
        #expect(drawn[3] == 0 && drawn[2] > 0)
    }

    @Test func topPOfALargeVocabularyEqualsAFullSort() {
        let seed: UInt64 = 99
        var random = SeededRandom(seed: seed)
        let logits = (0..<50_000).map { _ in Float.random(in: -3...6, using: &random) }
        let probabilities = softmax(logits)
        let order = probabilities.indices.sorted {
            probabilities[$0] != probabilities[$1] ? probabilities[$0] > probabilities[$1] : $0 < $1
        }
        var kept: Set<Int> = []
        var mass = 0.0
        for index in order where mass < 0.4 {
            kept.insert(index)
            mass += probabilities[index]
        }
        var sampler = Sampler(SamplingParameters(topP: 0.4), seed: seed)
        let drawn = (0..<100).map { _ in Int(next(&sampler, logits)) }
        #expect(drawn.allSatisfy(kept.contains), "seed \(seed)")
        #expect(Set(drawn).count > 80)
    }

    @Test func theSameSeedGivesTheSameTokensAndAnotherSeedOthers() {
        let logits = (0..<1000).map { Float($0 % 17) / 5 }
        func text(_ parameters: SamplingParameters, seed: UInt64) -> [Token] {
            var sampler = Sampler(parameters, seed: seed)
            return (0..<40).map { _ in next(&sampler, logits) }
        }
        let plain = SamplingParameters()
        #expect(text(plain, seed: 5) == text(plain, seed: 5))
        #expect(text(plain, seed: 5) != text(plain, seed: 6))
        #expect(text(SamplingParameters(seed: 5), seed: 1) == text(SamplingParameters(seed: 5), seed: 2))
    }

    @Test func seededDrawsStayTheSameFromVersionToVersion() {
        var sampler = Sampler(SamplingParameters(), seed: 42)
        let logits = (0..<64).map { Float($0 % 7) }
        #expect((0..<8).map { _ in next(&sampler, logits) } == [6, 27, 46, 61, 62, 48, 48, 55])
    }

    @Test func penaltiesFollowTheirFormulas() {
        func adjusted(_ parameters: SamplingParameters, history: [Token], promptLength: Int = 0) -> [Float] {
            var logits: [Float] = [2, -2, 1]
            logits.withUnsafeMutableBufferPointer { Sampler(parameters, seed: 0).adjust($0, history: history, promptLength: promptLength) }
            return logits
        }
        #expect(adjusted(SamplingParameters(repetitionPenalty: 2), history: [0, 1, 1]) == [1, -4, 1])
        #expect(adjusted(SamplingParameters(presencePenalty: 0.5), history: [0, 1, 1]) == [1.5, -2.5, 1])
        #expect(adjusted(SamplingParameters(frequencyPenalty: 0.5), history: [0, 1, 1]) == [1.5, -3, 1])
        #expect(adjusted(SamplingParameters(repetitionPenalty: 2, penaltyWindow: 2), history: [0, 1, 1], promptLength: 3) == [2, -4, 1])
        #expect(adjusted(SamplingParameters(repetitionPenalty: 2, penaltyWindow: 0), history: [0, 1, 1]) == [2, -2, 1])
        #expect(adjusted(SamplingParameters(repetitionPenalty: 0, presencePenalty: 0.5), history: [0]) == [1.5, -2, 1])
        #expect(adjusted(SamplingParameters(logitBias: [2: 5, 99: 1, -1: 1]), history: []) == [2, -2, 6])
    }

    @Test func presenceAndFrequencyCountTheWholeAnswerAndNothingElse() {
        let parameters = SamplingParameters(presencePenalty: 0.5, frequencyPenalty: 0.25)
        var logits: [Float] = [2, -2, 1]
        let history = [Token](repeating: 2, count: 10) + [Token](repeating: 1, count: 100)
        logits.withUnsafeMutableBufferPointer { Sampler(parameters, seed: 0).adjust($0, history: history, promptLength: 10) }
        #expect(logits == [2, -27.5, 1])
    }

    @Test func minPDropsTokensOnlyAfterTopPCountedThem() {
        // With .5 of the mass in a tail that min-p drops, top-p of .6 still reaches past the three likely tokens (.5 together).
        let logits = ([0.2, 0.16, 0.14] + [Double](repeating: 0.01, count: 50)).map { Float(log($0)) }
        let drawn = counts(SamplingParameters(topP: 0.6, minP: 0.5), logits)
        #expect(drawn[0] > 0 && drawn[1] > 0 && drawn[2] > 0 && drawn[3...].allSatisfy { $0 == 0 })
        // Top-k comes first: top-p is a part of what it kept.
        let three = counts(SamplingParameters(topK: 3, topP: 0.7, minP: 0.1), logits)
        #expect(three[0] > 0 && three[1] > 0 && three[2] == 0)
    }

    @Test func aBiasOfMinusAHundredForbidsAToken() {
        #expect(counts(SamplingParameters(logitBias: [1: -100]), [0, 3, 0], draws: 500)[1] == 0)
    }

    @Test func logProbabilitiesAddUpToOneAndAreOrdered() {
        let logits: [Float] = [0, 3, 1, 2, 3, -.infinity]
        logits.withUnsafeBufferPointer { row in
            let all = LogProbabilities(row, top: 6)
            #expect(all.top.map(\.token).prefix(4) == [1, 4, 3, 2])
            #expect(abs(all.top.reduce(0) { $0 + exp($1.logProbability) } - 1) < 1e-5)
            let two = LogProbabilities(row, top: 2)
            #expect(two.top == Array(all.top.prefix(2)))
            #expect(abs(Double(two.of(3, in: row)) - log(softmax(logits)[3])) < 1e-5)
            #expect(LogProbabilities(row, top: 0).top.isEmpty)
        }
    }

    @Test func oneImpossibleRowStillGivesAToken() {
        var sampler = Sampler(SamplingParameters(topK: 5, topP: 0.5, minP: 0.1), seed: 3)
        #expect(next(&sampler, [.nan, .nan]) == 0)
        #expect((0...1).contains(next(&sampler, [-.infinity, -.infinity])))
        #expect(next(&sampler, [.infinity, 0]) == 0)
    }
}
