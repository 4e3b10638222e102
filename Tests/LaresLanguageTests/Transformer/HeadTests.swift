import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// The real models' heads read in two steps against the same heads read whole, token after token of the golden texts.
///
/// `LARES_LONG=1` takes all of them: over 10,000 tokens a model.
@Suite(.serialized) struct HeadTests {
    private static let isLong = ProcessInfo.processInfo.environment["LARES_LONG"] != nil

    /// English, Chinese, code and mixed scripts; prompts and what the model made of them.
    private func texts(_ golden: LanguageGolden) -> [[Token]] {
        let all = golden.logProbabilities.map(\.tokens) + (golden.greedy + golden.decided).map { $0.tokens + $0.continuation }
        return Self.isLong ? all : stride(from: 0, to: all.count, by: 12).map { Array(all[$0].prefix(100)) }
    }

    @Test(arguments: ["smollm2", "gemma3"]) func whatIsChosenIsTheSame(_ name: String) throws {
        let golden = try LanguageGolden.named(name)
        try withPool { pool in
            let decoder = try Decoder(GGUFFile(contentsOf: testModel(name + ".gguf")), pool: pool)
            let cache = decoder.makeCache(pages: 256)
            var (whole, read) = (LogitRows(), LogitRows())
            var (tokens, estimates, wrong) = (0, 0, 0)
            for (index, text) in texts(golden).enumerated() {
                // Greedy, top-k and min-p, text after text.
                let sampling = [
                    SamplingParameters(temperature: 0), SamplingParameters(topK: 40), SamplingParameters(temperature: 0.7, minP: 0.05),
                ][index % 3]
                let need = sampling.need(excluded: 0)
                let (first, second) = (cache.open(prompt: []).sequence, cache.open(prompt: []).sequence)
                for token in text {
                    try decoder.step([StepEntry(sequence: first, tokens: [token])], cache: cache, into: &whole)
                    try decoder.step([StepEntry(sequence: second, tokens: [token], need: need)], cache: cache, into: &read)
                    tokens += 1
                    if !agree(whole[0], read[0], need, &estimates) { wrong += 1 }
                }
                cache.close(first, keep: false)
                cache.close(second, keep: false)
            }
            print("\(name): \(wrong) of \(tokens) choices differ; \(estimates / tokens) of \(decoder.vocabularySize) logits were estimates")
            #expect(tokens >= (Self.isLong ? 10_000 : 500))
            #expect(estimates > tokens * decoder.vocabularySize / 2)
            #expect(wrong == 0)
        }
    }

    /// Whether the logits that a need names are the same, and no other is as high.
    private func agree(
        _ whole: UnsafeMutableBufferPointer<Float>, _ read: UnsafeMutableBufferPointer<Float>, _ need: LogitNeed, _ estimates: inout Int
    ) -> Bool {
        guard case .highest(let count, let margin) = need else { return false }
        guard let last = LogProbabilities(UnsafeBufferPointer(whole), top: count).top.last else { return false }
        let floor = whole[Int(last.token)] - margin
        var same = true
        for index in whole.indices where whole[index] != read[index] {
            estimates += 1
            same = same && whole[index] < floor && read[index] < floor
        }
        return same
    }
}
