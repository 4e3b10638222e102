import Foundation
import LaresLanguage
import LaresTensor
import Testing

/// The fast decoder against llama.cpp and against the plain one, on random weights of every family and tensor type.
@Suite struct DecoderTests {
    @Test(arguments: RandomGolden.all) func agreesWithLlamaCppAndTheReference(_ model: RandomGolden.Model) throws {
        let path = try testModel("random/" + model.file)
        let rows = try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 8)
            return try run.rows(of: model.tokens)
        }
        let divergence = model.positions.reduce(0) { $0 + $1.divergence(from: rows[$1.position]) } / Double(model.positions.count)
        #expect(divergence < model.allowed, "from llama.cpp: \(divergence)")
        var reference = ReferenceDecoder(try DecoderTensors(GGUFFile(contentsOf: path)))
        let expected = reference.forward(Array(model.tokens.prefix(24)))
        let fromReference = zip(expected, rows).reduce(0) { $0 + drift(of: $1.1, from: $1.0) } / Double(expected.count)
        #expect(fromReference < model.allowed, "from the reference: \(fromReference)")
    }

    @Test func takenBackTokensLeaveNoTrace() throws {
        let text = (0..<60).map { Token($0 * 5 % 97) }
        try withPool { pool in
            var run = try DecoderRun(testModel("random/llama-q4_1.gguf"), pool: pool, pages: 16)
            let expected = try run.rows(of: text)
            // Guesses that end within a page, at its end, and beyond it.
            for guesses in [3, 12, 20] {
                let sequence = run.cache.open(prompt: []).sequence
                _ = try run.step([StepEntry(sequence: sequence, tokens: Array(text[..<20]))])
                _ = try run.step([StepEntry(sequence: sequence, tokens: Array(repeating: 7, count: guesses))])
                run.cache.truncate(sequence, to: 20)
                #expect(run.cache.length(of: sequence) == 20)
                let rows = try run.step([StepEntry(sequence: sequence, tokens: Array(text[20...]), wantsAllLogits: true)])
                #expect(rows == Array(expected[20...]))
                run.cache.close(sequence, keep: true)
                #expect(run.cache.open(prompt: text).cachedTokens == 48)
            }
        }
    }

    private func drift(of mine: [Float], from expected: [Float]) -> Double {
        zip(logSoftmax(expected), logSoftmax(mine)).reduce(0) { $0 + Foundation.exp($1.0) * ($1.0 - $1.1) }
    }

    @Test(arguments: ["llama-q4_1", "gemma3", "qwen3", "llama-q8_0", "llama-q6_k", "llama-f32"])
    func aResultDoesNotDependOnPartsOrCompany(_ name: String) throws {
        let path = try testModel("random/\(name).gguf")
        try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 64)
            let text = (0..<45).map { Token(($0 * 37 + 11) % 300) }
            let other = (0..<70).map { Token(($0 * 53 + 29) % 300) }
            let whole = try run.rows(of: text)
            for parts in [1, 7, 16, 33] {
                #expect(try run.rows(of: text, parts: parts) == whole, "parts of \(parts)")
            }
            let (mine, theirs) = (run.cache.open(prompt: []).sequence, run.cache.open(prompt: []).sequence)
            var together = try run.step([
                StepEntry(sequence: theirs, tokens: other, wantsLogits: false),
                StepEntry(sequence: mine, tokens: Array(text[..<20]), wantsAllLogits: true),
            ])
            together += try run.step([
                StepEntry(sequence: mine, tokens: Array(text[20...]), wantsAllLogits: true),
                StepEntry(sequence: theirs, tokens: [3], wantsLogits: false),
            ])
            #expect(together == whole, "beside another sequence")
        }
    }

    @Test func cachedPagesGiveTheSameLogitsAndAreCounted() throws {
        let path = try testModel("random/gemma3.gguf")
        try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 16)
            let text = (0..<50).map { Token(($0 * 31 + 7) % 300) }
            let (first, nothing) = run.cache.open(prompt: text)
            #expect(nothing == 0)
            let expected = try run.step([StepEntry(sequence: first, tokens: text)])
            run.cache.close(first, keep: true)
            #expect(run.cache.freePages == 16)
            let (second, cached) = run.cache.open(prompt: text)
            #expect(cached == 48 && run.cache.length(of: second) == 48)
            #expect(try run.step([StepEntry(sequence: second, tokens: Array(text[48...]))]) == expected)
            let (third, shared) = run.cache.open(prompt: Array(text[..<48]))
            #expect(shared == 32, "one token must be left to step")
            #expect(try run.step([StepEntry(sequence: third, tokens: Array(text[32..<48]))]).count == 1)
            run.cache.close(second, keep: false)
            run.cache.close(third, keep: false)
            #expect(run.cache.freePages == 16 && run.cache.openSequences == 0)
        }
    }

    @Test func onlyWantedLogitsAreComputed() throws {
        let path = try testModel("random/llama-q4_0.gguf")
        try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 64)
            let sequences = (0..<3).map { _ in run.cache.open(prompt: []).sequence }
            let rows = try run.step([
                StepEntry(sequence: sequences[0], tokens: [1, 2, 3], wantsLogits: false),
                StepEntry(sequence: sequences[1], tokens: [4, 5]),
                StepEntry(sequence: sequences[2], tokens: [1, 2, 3], wantsAllLogits: true),
            ])
            #expect(rows.count == 4)
            #expect(try run.rows(of: [4, 5])[1] == rows[0])
            #expect(try run.rows(of: [1, 2, 3]) == Array(rows[1...]))
        }
    }

    @Test func aStepLongerThanTheWorkspaceIsCutWithoutATrace() throws {
        let path = try testModel("random/llama-q4_0.gguf")
        try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 128)
            let (long, short) = (run.cache.open(prompt: []).sequence, run.cache.open(prompt: []).sequence)
            let text = (0..<700).map { Token(($0 * 17 + 3) % 300) }
            try #require(run.decoder.configuration.contextLength >= 700)
            let rows = try run.step([StepEntry(sequence: long, tokens: text), StepEntry(sequence: short, tokens: [9, 8, 7])])
            #expect(try run.rows(of: text, parts: 64).last == rows[0])
            #expect(try run.rows(of: [9, 8, 7]).last == rows[1])
        }
    }

    @Test func whatCannotBeSteppedIsRefusedAndChangesNothing() throws {
        let path = try testModel("random/llama-q4_0.gguf")
        try withPool { pool in
            var run = try DecoderRun(path, pool: pool, pages: 4)
            let sequence = run.cache.open(prompt: []).sequence
            func refuses(_ code: LanguageModelError.Code, _ batch: [StepEntry]) {
                #expect { try run.step(batch) } throws: { ($0 as? LanguageModelError)?.code == code }
            }
            refuses(.badToken, [StepEntry(sequence: sequence, tokens: [])])
            refuses(.badToken, [StepEntry(sequence: sequence, tokens: [-1])])
            refuses(.badToken, [StepEntry(sequence: sequence, tokens: [Token(run.decoder.vocabularySize)])])
            refuses(.badSequence, [StepEntry(sequence: sequence, tokens: [1]), StepEntry(sequence: sequence, tokens: [1])])
            refuses(.cacheFull, [StepEntry(sequence: sequence, tokens: [Token](repeating: 1, count: 65))])
            refuses(
                .contextTooLong,
                [StepEntry(sequence: sequence, tokens: [Token](repeating: 1, count: run.decoder.configuration.contextLength + 1))])
            let closed = run.cache.open(prompt: []).sequence
            run.cache.close(closed, keep: true)
            refuses(.badSequence, [StepEntry(sequence: closed, tokens: [1])])
            #expect(run.cache.length(of: sequence) == 0 && run.cache.freePages == 4)
            #expect(!run.cache.reserve(sequence, tokens: 65) && run.cache.reserve(sequence, tokens: 64) && run.cache.freePages == 0)
        }
    }
}
