import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

/// Translators of texts: learning, files, what they refuse.
@Suite struct TextTranslatorTests {
    /// Small numbers in words, backwards letters of short words: enough to be learnt in a second.
    private static func pairs() throws -> TextPairs {
        let letters = ["a", "b", "c", "d"]
        let words = letters.flatMap { first in letters.flatMap { second in letters.map { first + second + $0 } } }
        return try TextPairs(words.map { (source: $0, target: String($0.reversed())) })
    }

    private static func training(_ cell: TextTranslator.Cell = .lstm, epochs: Int) -> TranslatorTraining {
        var training = TranslatorTraining()
        (training.form.cell, training.form.width) = (cell, 32)
        (training.epochs, training.batch, training.held, training.dropout, training.learningRate) = (epochs, 16, 0, 0, 1e-2)
        return training
    }

    private static func path(_ name: String) -> String { NSTemporaryDirectory() + "/lares-translator-\(UUID().uuidString)-\(name)" }

    @Test(arguments: [TextTranslator.Cell.lstm, .gru]) func writesWordsBackwardsAndIsTheSameFromItsFile(_ cell: TextTranslator.Cell) throws
    {
        let translator = try Self.training(cell, epochs: 300).run(on: Self.pairs()), path = Self.path("t.safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let asked = ["abc", "dca", "add"]
        let written = try translator(asked)
        #expect(written == asked.map { String($0.reversed()) })
        try translator.write(to: path)
        let again = try TextTranslator(contentsOf: path)
        #expect(try again(asked) == written)
        #expect(again.form == translator.form && again.exact == nil)
    }

    @Test func aTranslationCanBeEndedBetweenTwoSymbols() throws {
        struct Enough: Error {}
        let translator = try Self.training(epochs: 1).run(on: Self.pairs())
        var calls = 0
        let written = try translator(["abc", "ddd"], between: { calls += 1 })
        #expect(calls > 0)
        #expect(try written == translator(["abc", "ddd"]))
        #expect(throws: Enough.self) { try translator(["abc"], between: { throw Enough() }) }
    }

    @Test func aTransformersFileIsReadAsItWas() throws {
        let translator = try Self.training(.transformer, epochs: 2).run(on: Self.pairs()), path = Self.path("t.safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try translator.write(to: path)
        #expect(try TextTranslator(contentsOf: path)(["abc", "ddd"]) == translator(["abc", "ddd"]))
    }

    @Test func aTrainingThatWasEndedGoesOnToTheSameBits() throws {
        let path = Self.path("checkpoint")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = Self.training(epochs: 4)
        let whole = try training.run(on: Self.pairs())
        training.checkpoint = path
        _ = try training.run(on: Self.pairs()) { progress in progress.step <= progress.steps / 2 }
        let resumed = try training.run(on: Self.pairs())
        let (one, other) = (Self.path("one"), Self.path("other"))
        defer { for file in [one, other] { try? FileManager.default.removeItem(atPath: file) } }
        try whole.write(to: one)
        try resumed.write(to: other)
        #expect(FileManager.default.contentsEqual(atPath: one, andPath: other))
        training.seed = 2
        #expect(throws: CheckpointError.self) { try training.run(on: Self.pairs()) }
    }

    @Test func whatIsHeldBackIsScored() throws {
        var training = Self.training(epochs: 1)
        training.held = 0.25
        let exact = try #require(try training.run(on: Self.pairs()).exact)
        #expect((0...100).contains(exact))
    }

    @Test(arguments: ["", String(repeating: "a", count: 2_000)]) func textsItCantReadAreRefused(_ text: String) throws {
        let translator = try Self.training(epochs: 1).run(on: Self.pairs())
        #expect(throws: TranslatorError.self) { try translator([text]) }
    }

    @Test(arguments: ["", "\n\n", "a", "a\t", "\tb", "a\tb\tc", "a\tb\nx\n"]) func filesThatAreNoPairsAreRefused(_ content: String) throws {
        let path = Self.path("pairs.tsv")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: TranslatorError.self) { try TextPairs(contentsOf: path) }
    }

    @Test func wordsAreSymbolsToo() throws {
        var training = Self.training(epochs: 1)
        training.form.unit = .words
        let pairs = try TextPairs([(source: "red lamp", target: "lamp red"), (source: "blue door", target: "door blue")])
        let translator = try training.run(on: pairs)
        #expect(translator.source.symbols == ["blue", "door", "lamp", "red"])
        #expect(try translator(["red door", "green door"]).count == 2)
    }

    /// What a file holds, changed.
    private static func change(_ path: String, _ body: (inout [String: Tensor], inout [String: String]) -> Void) throws {
        let file = try SafeTensors(contentsOf: path)
        var (tensors, metadata) = (file.tensors.compactMapValues(\.value), file.metadata)
        body(&tensors, &metadata)
        try SafeTensors.write(tensors.map { ($0.key, StoredTensor($0.value, as: .f32)) }, metadata: metadata, to: path)
    }

    @Test func wordsThatItHasntLearntAreReadAsTheUnknownOne() throws {
        var training = Self.training(epochs: 100)
        training.form.unit = .words
        let lamps = (0..<30).map { "lamp\($0)" }
        let translator = try training.run(on: TextPairs(lamps.flatMap { [("on \($0)", "1"), ("off \($0)", "0")] }))
        #expect(try translator(["on chandelier", "off chandelier", "on lamp7", "off torch"]) == ["1", "0", "1", "0"])
    }

    @Test func theUnknownSymbolsRowIsLearntAndThoseThatNothingReadsAreNot() throws {
        func rows(epochs: Int) throws -> Tensor {
            let path = Self.path("t.safetensors")
            defer { try? FileManager.default.removeItem(atPath: path) }
            let translator = try Self.training(epochs: epochs).run(on: Self.pairs())
            #expect(translator.source.symbols.count == 4 && translator.source.unknown == 6 && translator.target.unknown == nil)
            try translator.write(to: path)
            return try #require(try SafeTensors(contentsOf: path).tensors["source.weight"]?.value)
        }
        let (few, many) = (try rows(epochs: 1), try rows(epochs: 20))
        #expect(few.shape == [7, 32] && few.at(6) != many.at(6))
        #expect(few.at(Int(SymbolTable.begin)) == many.at(Int(SymbolTable.begin)))
    }

    @Test func filesWithoutAnUnknownSymbolAreReadAndRefuseWhatTheyDontKnow() throws {
        let path = Self.path("t.safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let translator = try Self.training(epochs: 2).run(on: Self.pairs())
        try translator.write(to: path)
        try Self.change(path) { tensors, metadata in
            metadata["unknown"] = nil
            tensors["source.weight"] = tensors["source.weight"].map { $0.slice(0..<6) }
        }
        let old = try TextTranslator(contentsOf: path)
        #expect(try old(["abc", "dd"]) == translator(["abc", "dd"]))
        let error = #expect(throws: TranslatorError.self) { try old(["abé"]) }
        #expect(error?.code == .unknownSymbol && error?.message.contains("'é'") == true)
    }

    @Test func aTextIsNeverBothLearntFromAndAskedFor() throws {
        // Each source is there several times, with two targets, of which either is right.
        let pairs = (0..<12).flatMap { number in
            (0...number).flatMap { _ in [(source: "n \(number)", target: "x"), (source: "n  \(number)", target: "y")] }
        }
        var form = TextTranslator.Form()
        form.unit = .words
        for seed in 1...5 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            let data = try TranslatorData(TextPairs(pairs.shuffled(using: &random)), form, held: 0.25, seed: seed)
            let learnt = Set(data.pairs.batches(of: 1, shuffledBy: &random).map(\.source.values))
            #expect(data.questions.count == 3 && learnt.count == 9)
            #expect(learnt.isDisjoint(with: data.questions.map(\.source)))
            #expect(data.questions.allSatisfy { $0.targets == ["x", "y"] })
        }
    }

    @Test func aGradientThatIsntFiniteEndsTheTrainingAndItsCheckpointStays() throws {
        let path = Self.path("checkpoint")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = Self.training(epochs: 3)
        training.checkpoint = path
        _ = try training.run(on: Self.pairs()) { progress in progress.step <= progress.steps / 2 }
        // The loss is large then, but a number; the squares of its gradient aren't.
        try Self.change(path) { tensors, _ in tensors["model.output.weight"] = tensors["model.output.weight"].map { $0 * 1e30 } }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(throws: TrainingDiverged.self) { try training.run(on: Self.pairs()) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func damagedFilesAreRefusedNeverRead() throws {
        let path = Self.path("t.safetensors")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Self.training(epochs: 1).run(on: Self.pairs()).write(to: path)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededRandom(seed: 11)
        for round in 0..<200 {
            var changed = bytes
            if round % 4 == 0 {
                changed = changed.prefix(Int.random(in: 0..<bytes.count, using: &random))
            } else {
                for _ in 0..<3 {
                    changed[Int.random(in: 0..<min(700, bytes.count), using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            try changed.write(to: URL(fileURLWithPath: path))
            // Read or refused; never a trap.
            if let translator = try? TextTranslator(contentsOf: path) { _ = try? translator(["abc"]) }
        }
        try bytes.prefix(bytes.count - 5).write(to: URL(fileURLWithPath: path))
        #expect(throws: (any Error).self) { try TextTranslator(contentsOf: path) }
    }
}
