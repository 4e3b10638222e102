import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// Prefixes that outlive their cache.
@Suite struct PrefixFileTests {
    private let digest = Array(UInt8(0)..<32)
    private let text = (0..<70).map { Token($0 * 3 % 97) }

    /// The logits after the text in a cache, and how many of its tokens were there already.
    private func read(_ text: [Token], _ run: inout DecoderRun) throws -> (row: [Float], cached: Int) {
        let (sequence, cached) = run.cache.open(prompt: text)
        defer { run.cache.close(sequence, keep: true) }
        let rows = try run.step([StepEntry(sequence: sequence, tokens: Array(text[cached...]))])
        return (rows[0], cached)
    }

    private func withRun<R>(pages: Int = 32, _ body: (inout DecoderRun) throws -> R) throws -> R {
        try withPool { pool in
            var run = try DecoderRun(testModel("random/llama-q4_1.gguf"), pool: pool, pages: pages)
            return try body(&run)
        }
    }

    /// A file with the prefixes of the text.
    private func withFile<R>(_ body: (String) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "lares-prefixes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try withRun { run in
            _ = try read(text, &run)
            let taken = try run.cache.savePrefixes(to: path, bytes: 1 << 24, modelDigest: digest)
            #expect(taken == 64)
        }
        return try body(path)
    }

    @Test func aRestoredPrefixIsNotReadAgainAndGivesTheSameLogits() throws {
        let whole = try withRun { try read(text, &$0) }
        #expect(whole.cached == 0)
        try withFile { path in
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try withRun { run in
                let taken = try run.cache.restorePrefixes(from: path, modelDigest: digest, vocabularySize: 128)
                #expect(taken == 64)
                #expect(run.cache.freePages == 32)
                let again = try read(text, &run)
                #expect(again.cached == 64 && again.row == whole.row)
                let other = try read(Array(text[..<40]) + [1, 2, 3], &run)
                #expect(other.cached == 32)
            }
        }
    }

    @Test func aSmallCacheTakesTheBeginningsThatFit() throws {
        try withFile { path in
            try withRun(pages: 2) { run in
                let taken = try run.cache.restorePrefixes(from: path, modelDigest: digest, vocabularySize: 128)
                #expect(taken == 32)
                #expect(run.cache.open(prompt: text).cachedTokens == 32)
            }
        }
    }

    @Test func noFileIsNoPrefixAndAnotherModelsFileIsRefused() throws {
        try withRun { run in
            let taken = try run.cache.restorePrefixes(from: "/nowhere/file", modelDigest: digest, vocabularySize: 128)
            #expect(taken == 0)
        }
        try withFile { path in
            try withRun { run in
                #expect(throws: PrefixFileError.self) {
                    try run.cache.restorePrefixes(from: path, modelDigest: digest.reversed(), vocabularySize: 128)
                }
                #expect(throws: PrefixFileError.self) { try run.cache.restorePrefixes(from: path, modelDigest: digest, vocabularySize: 8) }
            }
        }
    }

    @Test func aDamagedFileIsRefusedAndNothingOfItIsTaken() throws {
        try withFile { path in
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            var random = SystemRandomNumberGenerator()
            try withRun { run in
                for round in 0..<300 {
                    var damaged = bytes
                    if round % 3 == 0 { damaged.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
                    if round % 3 == 1 { damaged += [0] }
                    // Mostly in the head, where the numbers are that say where things are.
                    let place = round % 2 == 0 ? Int.random(in: 0..<400) : Int.random(in: 0..<bytes.count)
                    if place < damaged.count { damaged[place] ^= UInt8.random(in: 1...255) }
                    if damaged == bytes { continue }
                    try Data(damaged).write(to: URL(fileURLWithPath: path))
                    #expect(throws: PrefixFileError.self) {
                        try run.cache.restorePrefixes(from: path, modelDigest: digest, vocabularySize: 128)
                    }
                }
                #expect(run.cache.open(prompt: text).cachedTokens == 0)
            }
        }
    }
}
