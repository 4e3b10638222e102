import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// The real models against llama.cpp.
///
/// llama.cpp rounds activations to 8 bits, and so do the fast kernels; in small models that noise is chaotic, so that llama.cpp differs from itself (with
/// and without flash attention) by a mean divergence of 0.005 and in most open-ended greedy texts. Exactness is therefore tested without the rounding
/// on both sides, and the serving precision by its distance from the exact values beside llama.cpp's own. Every third greedy text is continued;
/// `LARES_LONG=1` (`make conformance`) takes all of them, and compares the open-ended ones with how often llama.cpp agrees with itself.
@Suite(.serialized) struct GoldenModelTests {
    static let models = ["smollm2", "gemma3"]
    private static let isLong = ProcessInfo.processInfo.environment["LARES_LONG"] != nil

    private func share<Element>(_ all: [Element]) -> [Element] {
        Self.isLong ? all : stride(from: 0, to: all.count, by: 3).map { all[$0] }
    }

    @Test(arguments: models) func withoutRoundingTheModelIsThatOfLlamaCpp(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        try withPool { pool in
            var run = try DecoderRun(testModel(name + ".gguf"), pool: pool, pages: 1024, precision: .single)
            let mean = try divergences(golden, &run).exact
            let texts = share(golden.exactGreedy)
            let equal = try equalTexts(texts, ends: golden.ends, &run, prints: true)
            print("\(name) in single precision: mean divergence \(mean), \(equal) of \(texts.count) greedy texts equal")
            #expect(mean < 1e-3)
            #expect(equal * 50 >= 45 * texts.count)
        }
    }

    @Test(arguments: models) func asItServesTheModelIsAsExactAsLlamaCpp(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        try withPool { pool in
            var run = try DecoderRun(testModel(name + ".gguf"), pool: pool, pages: 1024)
            let (mean, beside) = try divergences(golden, &run)
            let texts = share(golden.decided)
            let decided = try equalTexts(texts, ends: golden.ends, &run, prints: true)
            print(
                """
                \(name) as it serves: mean divergence from exact \(mean) (llama.cpp's own \(golden.noise.meanKL)), from llama.cpp as it serves \(beside); \
                \(decided) of \(texts.count) decided greedy texts equal
                """)
            #expect(mean < 1.25 * golden.noise.meanKL)
            #expect(decided * 50 >= 45 * texts.count)
            guard Self.isLong else { return }
            let open = try equalTexts(golden.greedy, ends: golden.ends, &run, prints: false)
            print("\(open) of \(golden.greedy.count) open-ended greedy texts equal (llama.cpp with itself: \(golden.noise.greedyEqual))")
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
