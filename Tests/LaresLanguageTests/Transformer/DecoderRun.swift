import LaresLanguage
import LaresTensor

/// A decoder with a cache, as tests use it.
struct DecoderRun {
    let decoder: Decoder
    let cache: KVCache
    private var logits = LogitRows()

    init(_ path: String, pool: ComputePool, pages: Int = 256, precision: Decoder.Precision = .stored) throws {
        decoder = try Decoder(GGUFFile(contentsOf: path), pool: pool, precision: precision)
        cache = decoder.makeCache(pages: pages)
    }

    /// Steps a batch and gives the rows of logits as arrays.
    mutating func step(_ batch: [StepEntry]) throws -> [[Float]] {
        try decoder.step(batch, cache: cache, into: &logits)
        return (0..<logits.count).map { Array(logits[$0]) }
    }

    /// The logits after every token of a new sequence, fed in parts of the given size.
    mutating func rows(of tokens: [Token], parts: Int = .max) throws -> [[Float]] {
        let sequence = cache.open(prompt: []).sequence
        defer { cache.close(sequence, keep: false) }
        var (rows, start) = ([[Float]](), 0)
        while start < tokens.count {
            let part = Array(tokens[start..<min(tokens.count, start + min(parts, tokens.count))])
            rows += try step([StepEntry(sequence: sequence, tokens: part, wantsAllLogits: true)])
            start += part.count
        }
        return rows
    }

    /// Greedy continuations of many prompts at once, each ended by its first token among `ends` or after `count` tokens.
    mutating func continuations(of prompts: [[Token]], count: Int, ends: Set<Token>) throws -> [[Token]] {
        var results = [[Token]](repeating: [], count: prompts.count)
        var pending = prompts
        let sequences = prompts.map { _ in cache.open(prompt: []).sequence }
        var active = Array(prompts.indices)
        while !active.isEmpty {
            try decoder.step(active.map { StepEntry(sequence: sequences[$0], tokens: pending[$0]) }, cache: cache, into: &logits)
            for (row, index) in active.enumerated() {
                let token = Token(argmax(UnsafeBufferPointer(logits[row])))
                results[index].append(token)
                pending[index] = [token]
            }
            active.removeAll { results[$0].count == count || ends.contains(pending[$0][0]) }
        }
        for sequence in sequences { cache.close(sequence, keep: false) }
        return results
    }
}

/// Runs `body` with a pool of two threads.
func withPool<Result>(_ body: (ComputePool) throws -> Result) rethrows -> Result {
    let pool = ComputePool(threads: 2)
    defer { pool.close() }
    return try body(pool)
}
