public import LaresJSON
public import LaresLanguage

/// How something is learnt from a file of text: a small JSON file, as a recipe of a network is. Names that it doesn't know are refused.
///
/// ```json
/// {"name": "dates", "data": {"file": "dates.txt"}, "translator": {"cell": "lstm", "width": 64, "epochs": 20, "rate": 0.006}}
/// {"name": "neighbours", "data": {"file": "corpus.txt"}, "words": {"method": "cbow", "dimensions": 100, "epochs": 5}}
/// {"name": "tiny", "data": {"file": "book.txt"}, "language": {"width": 128, "layers": 4, "steps": 2000}}
/// {"name": "letters", "data": {"file": "letters.txt"}, "tuning": {"model": "smollm2", "rank": 8, "steps": 100}}
/// ```
/// A translator learns from lines that each are a text, a tab and what is to be written for it; word vectors from sentences, one a line.
public struct TextRecipe: Sendable {
    /// What is learnt.
    public enum Task: Sendable {
        /// Texts are written for texts.
        case translator(TranslatorTraining)
        /// Words get vectors.
        case words(WordLearning)
        /// A small language model, byte by byte.
        case language(LanguageLearning)
        /// An adapter for a model of the store (LoRA).
        case tuning(LanguageTuning)
    }

    /// What is learnt, as the member that describes it is called.
    public enum Kind: String, Sendable, CaseIterable {
        case translator, words, language, tuning
    }

    /// The recipe as it was read.
    public let json: JSON
    /// What the registry calls what is learnt; nil: it isn't published.
    public let name: String?
    /// The file to learn from; nil where the data come along.
    public let file: String?
    /// What is learnt.
    public let task: Task

    /// What an object asks to learn, be it right or wrong; nil: it is no such recipe.
    public static func kind(of json: JSON) -> Kind? { Kind.allCases.first { json[$0.rawValue] != nil } }

    /// Reads and checks a recipe.
    ///
    /// - Parameter dataComeAlong: Whether the text comes from elsewhere, so that the recipe needs no `data.file`.
    /// - Throws: ``JobError`` with code `badRecipe`, which names the member.
    public init(_ json: JSON, dataComeAlong: Bool = false) throws(JobError) {
        do throws(JSONError) {
            try self.init(reading: json, dataComeAlong)
        } catch {
            throw JobError(.badRecipe, "the recipe: \(error.message)")
        }
    }

    private init(reading json: JSON, _ dataComeAlong: Bool) throws(JSONError) {
        self.json = json
        var fields = try JSONFields(json)
        name = try fields.string("name")
        var data = try JSONFields(dataComeAlong ? fields.value("data") ?? [:] : try fields.required("data"), at: "data")
        file = try dataComeAlong ? data.string("file") : data.text("file")
        try data.end()
        task = try Self.task(&fields)
        try fields.end()
    }

    private static func task(_ fields: inout JSONFields) throws(JSONError) -> Task {
        var plans: [(kind: Kind, fields: JSONFields)] = []
        for kind in Kind.allCases {
            if let plan = try fields.fields(kind.rawValue) { plans.append((kind, plan)) }
        }
        guard plans.count == 1 else {
            let names = Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw JSONError(message: "one of \(names) says what is learnt, and only one")
        }
        switch plans[0].kind {
        case .translator: return .translator(try TranslatorTraining(plans[0].fields))
        case .words: return .words(try WordLearning(plans[0].fields))
        case .language: return .language(try LanguageLearning(plans[0].fields))
        case .tuning: return .tuning(try LanguageTuning(plans[0].fields))
        }
    }
}

/// How word vectors are learnt: how the text is read, and what then happens.
public struct WordLearning: Sendable {
    /// What a word is.
    public var unit = WordUnit.words
    /// Whether words are made lower-case.
    public var lowercases = true
    /// Rarer words are left out.
    public var minimumCount = 5
    /// Rows for n-grams, from which words that aren't in the text get vectors too; nil: without.
    public var buckets: Int?
    private var settings = WordVectorSettings()

    /// How vectors are learnt from a text.
    public func settings(for text: TrainingText) -> WordVectorSettings {
        var settings = settings
        settings.grams = buckets.map { CharacterGrams(for: text, buckets: $0) }
        return settings
    }

    /// Reads a recipe's `words`.
    init(_ recipe: JSONFields) throws(JSONError) {
        var fields = recipe
        unit = try fields.choice("unit") ?? unit
        lowercases = !(try fields.bool("keep_case") ?? false)
        minimumCount = try fields.int("min_count", in: 1...1_000_000_000) ?? minimumCount
        settings = try WordVectorSettings(&fields)
        let hasGrams = try fields.bool("ngrams") ?? false, rows = try fields.int("buckets", in: 1...50_000_000)
        guard hasGrams || rows == nil else { throw fields.error("buckets", "are rows for n-grams: say 'ngrams' too, or leave it out") }
        if hasGrams { buckets = rows ?? CharacterGrams().buckets }
        try fields.end()
    }
}

extension WordVectorSettings {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        self.init()
        architecture = try fields.choice("method") ?? architecture
        if let count = try fields.int("negatives", in: 0...100) { objective = count == 0 ? .hierarchicalSoftmax : .negativeSampling(count) }
        dimensions = try fields.int("dimensions", in: 1...1_024) ?? dimensions
        window = try fields.int("window", in: 1...127) ?? window
        epochs = try fields.int("epochs", in: 1...10_000) ?? epochs
        if let rate = try fields.double("rate", in: 1e-6...1) { learningRate = Float(rate) }
        lowestLearningRate = min(lowestLearningRate, learningRate)
        sample = try fields.double("sample", in: 0...1) ?? sample
        seed = UInt64(try fields.int("seed", in: 0...(.max)) ?? 1)
    }
}

extension TranslatorTraining {
    /// Reads a recipe's `translator`.
    fileprivate init(_ recipe: JSONFields) throws(JSONError) {
        var fields = recipe
        self.init()
        form.cell = try fields.choice("cell") ?? form.cell
        form.unit = try fields.choice("unit") ?? form.unit
        form.width = try fields.int("width", in: 16...1_024) ?? form.width
        guard form.width.isMultiple(of: 16) else { throw fields.error("width", "is \(form.width); it must be a multiple of 16") }
        epochs = try fields.int("epochs", in: 1...10_000) ?? epochs
        batch = try fields.int("batch", in: 1...4_096) ?? batch
        if let rate = try fields.double("rate", in: 1e-6...0.1) { learningRate = Float(rate) }
        if let share = try fields.double("dropout", in: 0...0.9) { dropout = Float(share) }
        held = try fields.double("held", in: 0...0.5) ?? held
        seed = UInt64(try fields.int("seed", in: 0...(.max)) ?? 1)
        try fields.end()
    }
}

extension JSONFields {
    /// A text that must be there.
    mutating func text(_ key: String) throws(JSONError) -> String {
        guard let text = try string(key) else { throw error(key, "is missing") }
        return text
    }
}
