import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// The real models against llama.cpp.
///
/// llama.cpp rounds activations to 8 bits, and so do the fast kernels; in small models that noise is chaotic, so that llama.cpp differs from itself (with
/// and without flash attention) by a mean divergence of 0.005 and in most open-ended greedy texts. Exactness is therefore tested without the rounding
/// on both sides, and the serving precision by its distance from the exact values beside llama.cpp's own.
@Suite(.serialized) struct GoldenModelTests {
    static let models = ["smollm2", "gemma3"]

    @Test(arguments: models) func withoutRoundingTheModelIsThatOfLlamaCpp(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        try withPool { pool in
            var run = try DecoderRun(testModel(name + ".gguf"), pool: pool, pages: 1024, precision: .single)
            let mean = try divergences(golden, &run).exact
            let equal = try equalTexts(golden.exactGreedy, ends: golden.ends, &run, prints: true)
            print("\(name) in single precision: mean divergence \(mean), \(equal) of \(golden.exactGreedy.count) greedy texts equal")
            #expect(mean < 1e-3)
            #expect(equal * 50 >= 45 * golden.exactGreedy.count)
        }
    }

    @Test(arguments: models) func asItServesTheModelIsAsExactAsLlamaCpp(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        try withPool { pool in
            var run = try DecoderRun(testModel(name + ".gguf"), pool: pool, pages: 1024)
            let (mean, beside) = try divergences(golden, &run)
            let decided = try equalTexts(golden.decided, ends: golden.ends, &run, prints: true)
            let open = try equalTexts(golden.greedy, ends: golden.ends, &run, prints: false)
            print(
                """
                \(name) as it serves: mean divergence from exact \(mean) (llama.cpp's own \(golden.noise.meanKL)), from llama.cpp as it serves \(beside); \
                \(decided) of \(golden.decided.count) decided and \(open) of \(golden.greedy.count) open-ended greedy texts equal \
                (llama.cpp with itself: \(golden.noise.greedyEqual))
                """)
            #expect(mean < 1.25 * golden.noise.meanKL)
            #expect(decided * 50 >= 45 * golden.decided.count)
            #expect(open >= golden.noise.greedyEqual - 5)
        }
    }

    /// Mean divergence over the sampled positions of all prompts, from the exact values and from llama.cpp as it serves.
    private func divergences(_ golden: LanguageGolden, _ run: inout DecoderRun) throws -> (exact: Double, serving: Double) {
        var (exact, serving, count) = (0.0, 0.0, 0)
        for prompt in golden.logProbabilities {
            let sequence = run.cache.open(prompt: []).sequence
            defer { run.cache.close(sequence, keep: false) }
            var start = 0
            for (mine, theirs) in zip(prompt.exact, prompt.positions) {
                try #require(mine.position == theirs.position && mine.position >= start)
                let rows = try run.step([StepEntry(sequence: sequence, tokens: Array(prompt.tokens[start...mine.position]))])
                exact += mine.divergence(from: rows[0])
                serving += theirs.divergence(from: rows[0])
                (start, count) = (mine.position + 1, count + 1)
            }
        }
        #expect(count > 100)
        return (exact / Double(count), serving / Double(count))
    }

    private func equalTexts(_ expected: [LanguageGolden.Greedy], ends: Set<Token>, _ run: inout DecoderRun, prints: Bool) throws -> Int {
        let texts = try run.continuations(of: expected.map(\.tokens), count: 64, ends: ends)
        for (golden, text) in zip(expected, texts) where prints && text != golden.continuation {
            let place = zip(text, golden.continuation).prefix { $0 == $1 }.count
            print(
                "parts (\(golden.language)) at token \(place), where llama.cpp's two best are \(golden.gaps.dropFirst(place).first ?? 0) apart"
            )
        }
        return zip(expected, texts).count { $0.continuation == $1 }
    }
}

extension LanguageGolden {
    /// The end tokens that occur: the last of each text that is shorter than 64.
    var ends: Set<Token> { Set((greedy + exactGreedy + decided).filter { $0.continuation.count < 64 }.compactMap(\.continuation.last)) }
}
