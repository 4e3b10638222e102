import LaresJSON
import LaresLanguage

/// How a small language model is learnt from a text.
public struct LanguageLearning: Sendable, Hashable {
    /// Numbers of a token between layers, 32 to 4,096 in steps of 32 and of 16 for each head.
    public var width = 128
    /// How many layers, and how many heads each has.
    public var layers = 4, heads = 4
    /// How it learns.
    public var steps = LanguageSteps(count: 2_000, batch: 12, context: 64, rate: 1e-3)

    /// Reads a recipe's `language`.
    init(_ recipe: JSONFields) throws(JSONError) {
        var fields = recipe
        width = try fields.int("width", in: 32...4_096) ?? width
        layers = try fields.int("layers", in: 1...64) ?? layers
        heads = try fields.int("heads", in: 1...64) ?? heads
        guard width.isMultiple(of: 32), width.isMultiple(of: heads * 16) else {
            throw fields.error("width", "is \(width); it must be a multiple of 32, and of 16 for each of the \(heads) heads")
        }
        try steps.read(&fields)
        try fields.end()
    }
}

/// How a language model of the store learns more: changes of low rank of its maps (LoRA), kept as an adapter.
public struct LanguageTuning: Sendable, Hashable {
    /// The model.
    public var model: String
    /// Numbers between the two factors of a change, 1 to 256.
    public var rank = 8
    /// How it learns.
    public var steps = LanguageSteps(count: 100, batch: 4, context: 128, rate: 3e-4)

    /// Reads a recipe's `tuning`.
    init(_ recipe: JSONFields) throws(JSONError) {
        var fields = recipe
        model = try fields.text("model")
        rank = try fields.int("rank", in: 1...256) ?? rank
        try steps.read(&fields)
        try fields.end()
    }
}

/// The steps in which a model learns a text.
public struct LanguageSteps: Sendable, Hashable {
    /// How many, 1 to 10,000,000.
    public var count: Int
    /// Windows of a step, 1 to 4,096.
    public var batch: Int
    /// Tokens of a window, 8 to 8,192.
    public var context: Int
    /// The highest learning rate, up to 1.
    public var rate: Float
    /// Names the run.
    public var seed: UInt64 = 1

    init(count: Int, batch: Int, context: Int, rate: Float) {
        (self.count, self.batch, self.context, self.rate) = (count, batch, context, rate)
    }

    fileprivate mutating func read(_ fields: inout JSONFields) throws(JSONError) {
        count = try fields.int("steps", in: 1...10_000_000) ?? count
        batch = try fields.int("batch", in: 1...4_096) ?? batch
        context = try fields.int("context", in: 8...8_192) ?? context
        if let wanted = try fields.double("rate", in: 1e-9...1) { rate = Float(wanted) }
        seed = UInt64(try fields.int("seed", in: 0...(.max)) ?? 1)
    }

    /// The training; `start` says in words what it begins with.
    func training(from start: String, checkpoint: String) -> LanguageTraining {
        var training = LanguageTraining(steps: count, batch: batch, learningRate: rate)
        (training.seed, training.start, training.checkpoint) = (seed, start, checkpoint)
        return training
    }
}
