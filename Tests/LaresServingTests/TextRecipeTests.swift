import Foundation
import LaresJSON
import LaresLanguage
import LaresServing
import LaresTensor
import Testing

/// Recipes of what is learnt from texts.
@Suite struct TextRecipeTests {
    private static let translator = #"""
        {"name": "dates", "data": {"file": "dates.txt"},
         "translator": {"cell": "gru", "unit": "words", "width": 64, "epochs": 20, "batch": 32, "rate": 0.006, "dropout": 0.2, "held": 0.1, "seed": 7}}
        """#
    private static let words = #"""
        {"name": "nearby", "data": {"file": "/texts/corpus.txt"},
         "words": {"method": "cbow", "unit": "characters", "keep_case": true, "min_count": 2, "dimensions": 60, "window": 4, "negatives": 0,
                   "epochs": 9, "rate": 0.05, "sample": 0, "ngrams": true, "buckets": 500, "seed": 3}}
        """#

    private static let language = #"""
        {"name": "tiny", "data": {"file": "book.txt"},
         "language": {"width": 64, "layers": 2, "heads": 2, "context": 32, "steps": 50, "batch": 4, "rate": 0.002, "seed": 9}}
        """#
    private static let tuning = #"""
        {"name": "letters", "data": {"file": "letters.txt"},
         "tuning": {"model": "smollm2", "rank": 4, "context": 48, "steps": 30, "batch": 2, "rate": 0.0001, "seed": 2}}
        """#

    private func recipe(_ text: String, dataComeAlong: Bool = false) throws -> TextRecipe {
        try TextRecipe(try JSON(parsing: Array(text.utf8)), dataComeAlong: dataComeAlong)
    }

    @Test func everyMemberOfATranslatorIsTaken() throws {
        let read = try recipe(Self.translator)
        guard case .translator(let training) = read.task else {
            Issue.record("\(read.task)")
            return
        }
        #expect(read.name == "dates" && read.file == "dates.txt")
        #expect(training.form.cell == .gru && training.form.unit == .words && training.form.width == 64)
        #expect(training.epochs == 20 && training.batch == 32 && training.learningRate == 0.006 && training.dropout == 0.2)
        #expect(training.held == 0.1 && training.seed == 7 && training.checkpoint == nil)
    }

    @Test func everyMemberOfWordVectorsIsTaken() throws {
        guard case .words(let learning) = try recipe(Self.words).task else {
            Issue.record("no word vectors")
            return
        }
        var settings = WordVectorSettings()
        (settings.architecture, settings.objective, settings.dimensions) = (.bagOfWords, .hierarchicalSoftmax, 60)
        (settings.window, settings.epochs, settings.learningRate, settings.sample, settings.seed) = (4, 9, 0.05, 0, 3)
        settings.grams = CharacterGrams(buckets: 500)
        let text = try TrainingText(lines: ["a b a b"])
        #expect(learning.settings(for: text) == settings)
        #expect(learning.unit == .characters && !learning.lowercases && learning.minimumCount == 2)
    }

    @Test func everyMemberOfLanguageModelsIsTaken() throws {
        guard case .language(let learning) = try recipe(Self.language).task,
            case .tuning(let tuning) = try recipe(Self.tuning).task
        else {
            Issue.record("other kinds")
            return
        }
        #expect(learning.width == 64 && learning.layers == 2 && learning.heads == 2)
        #expect((learning.steps.count, learning.steps.batch, learning.steps.context) == (50, 4, 32))
        #expect(learning.steps.rate == 0.002 && learning.steps.seed == 9)
        #expect(tuning.model == "smollm2" && tuning.rank == 4)
        #expect((tuning.steps.count, tuning.steps.batch, tuning.steps.context) == (30, 2, 48))
        #expect(tuning.steps.rate == 0.0001 && tuning.steps.seed == 2)
        let read = try TrainingRecipe(try JSON(parsing: Array(Self.tuning.utf8)))
        #expect(read.model == "smollm2" && read.makesModel)
    }

    @Test func whatIsLeftOutIsAsTheCommandsHaveIt() throws {
        guard case .words(let learning) = try recipe(#"{"words": {}}"#, dataComeAlong: true).task,
            case .translator(let training) = try recipe(#"{"translator": {}, "data": {}}"#, dataComeAlong: true).task
        else {
            Issue.record("other kinds")
            return
        }
        let text = try TrainingText(lines: ["a b a b"])
        #expect(learning.settings(for: text) == WordVectorSettings())
        #expect(learning.unit == .words && learning.lowercases && learning.minimumCount == 5)
        #expect(training.form == TextTranslator.Form() && training.epochs == 10 && training.learningRate == nil && training.held == 0.05)
    }

    struct Wrong: Sendable {
        let from: String, to: String, says: String
    }

    @Test(arguments: [
        Wrong(from: #""epochs": 20"#, to: #""epoch": 20"#, says: "'translator.epoch' is unknown; there may be batch, cell, dropout"),
        Wrong(from: #""name""#, to: #""nam""#, says: "'nam' is unknown"),
        Wrong(from: #""file": "dates.txt""#, to: #""file": "dates.txt", "format": "csv""#, says: "'data.format' is unknown"),
        Wrong(from: #""data": {"file": "dates.txt"}"#, to: #""data": {}"#, says: "'data.file' is missing"),
        Wrong(from: #""data": {"file": "dates.txt"},"#, to: "", says: "'data' is missing"),
        Wrong(from: #""gru""#, to: #""rnn""#, says: "it may be lstm, gru, transformer"),
        Wrong(from: #""width": 64"#, to: #""width": 65"#, says: "multiple of 16"),
        Wrong(from: #""width": 64"#, to: #""width": 8"#, says: "between 16 and 1024"),
        Wrong(from: #""epochs": 20"#, to: #""epochs": 0"#, says: "between 1 and 10000"),
        Wrong(from: #""rate": 0.006"#, to: #""rate": 0.2"#, says: "'translator.rate'"),
        Wrong(from: #""held": 0.1"#, to: #""held": 0.6"#, says: "'translator.held'"),
        Wrong(from: #""seed": 7"#, to: #""seed": 7, "seed": 8"#, says: "stands there twice"),
        Wrong(from: #""translator": {"#, to: #""words": {}, "translator": {"#, says: "and only one"),
        Wrong(from: #""translator": {"#, to: #""columns": [], "translator": {"#, says: "'columns' is unknown"),
    ])
    func whatIsWrongWithATranslatorIsNamed(_ wrong: Wrong) throws { try refuses(Self.translator, wrong) }

    @Test(arguments: [
        Wrong(from: #""cbow""#, to: #""glove""#, says: "it may be skipgram, cbow"),
        Wrong(from: #""ngrams": true, "#, to: "", says: "say 'ngrams' too"),
        Wrong(from: #""dimensions": 60"#, to: #""dimensions": 1025"#, says: "between 1 and 1024"),
        Wrong(from: #""window": 4"#, to: #""window": 128"#, says: "between 1 and 127"),
        Wrong(from: #""negatives": 0"#, to: #""negatives": 101"#, says: "between 0 and 100"),
        Wrong(from: #""rate": 0.05"#, to: #""rate": 0"#, says: "'words.rate'"),
        Wrong(from: #""min_count": 2"#, to: #""min_count": "2""#, says: "must be a whole number"),
    ])
    func whatIsWrongWithWordVectorsIsNamed(_ wrong: Wrong) throws { try refuses(Self.words, wrong) }

    @Test(arguments: [
        Wrong(from: #""heads": 2"#, to: #""heads": 3"#, says: "of 16 for each of the 3 heads"),
        Wrong(from: #""width": 64"#, to: #""width": 40"#, says: "multiple of 32"),
        Wrong(from: #""steps": 50"#, to: #""steps": 0"#, says: "'language.steps'"),
        Wrong(from: #""context": 32"#, to: #""context": 4"#, says: "between 8 and 8192"),
        Wrong(from: #""layers": 2"#, to: #""layers": 2, "rank": 4"#, says: "'language.rank' is unknown"),
        Wrong(from: #""language": {"#, to: #""tuning": {"#, says: "'tuning.model' is missing"),
    ])
    func whatIsWrongWithALanguageModelIsNamed(_ wrong: Wrong) throws { try refuses(Self.language, wrong) }

    private func refuses(_ text: String, _ wrong: Wrong) throws {
        let changed = text.replacing(wrong.from, with: wrong.to)
        #expect(changed != text)
        let error = #expect(throws: JobError.self) { try recipe(changed) }
        #expect(error?.code == .badRecipe && error?.message.contains(wrong.says) == true, "\(error?.message ?? "")")
    }

    @Test func aRecipeOfAnyKindSaysItsNameAndFile() throws {
        let kinds: [(String, name: String?, file: String)] = [
            (Self.translator, "dates", "dates.txt"), (Self.words, "nearby", "/texts/corpus.txt"),
            (#"{"data": {"file": "d.csv"}, "columns": [{"name": "x"}], "target": {"name": "y"}}"#, nil, "d.csv"),
            (#"{"data": {"file": "r.csv"}, "detector": {"series": ["a/b"], "learning": 60, "most_alarms": 1}}"#, nil, "r.csv"),
        ]
        for (text, name, file) in kinds {
            let recipe = try TrainingRecipe(try JSON(parsing: Array(text.utf8)))
            #expect(recipe.name == name && recipe.files == [file] && recipe.question == nil && recipe.model == nil && !recipe.makesModel)
        }
    }

    @Test func theDocumentationHasARecipeOfEachKind() throws {
        let root = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardizedFileURL
        let text = try String(contentsOf: root.appending(path: "docs/recipes.md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```json\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
        var kinds: [TextRecipe.Kind] = []
        for block in blocks {
            guard let json = try? JSON(parsing: Array(block.utf8)), let kind = TextRecipe.kind(of: json) else { continue }
            _ = try TextRecipe(json)
            kinds.append(kind)
        }
        #expect(kinds == TextRecipe.Kind.allCases)
    }

    @Test func damagedRecipesAreReadOrRefused() throws {
        var random = SeededRandom(seed: 4_711), accepted = 0
        for text in [Self.translator, Self.words, Self.language, Self.tuning] {
            for _ in 0..<2_500 {
                guard let json = try? JSON(parsing: damaged(text, &random)) else { continue }
                do {
                    _ = try TrainingRecipe(json)
                    accepted += 1
                } catch { #expect(!error.message.isEmpty) }
            }
        }
        #expect((1..<10_000).contains(accepted))
    }

    private static let pieces = ["\"", ",", ":", "null", "-1", "1e999", "9223372036854775807", "[]", "{}", "\"words\": {}, ", "汉"]

    private func damaged(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0x20...0x7E, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &random)))
            default: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &random) ?? "").utf8), at: min(at, bytes.count))
            }
        }
        return bytes
    }
}
