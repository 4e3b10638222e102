import LaresJSON
import LaresTensor

extension Recipe.Source {
    init(_ fields: JSONFields, _ dataComeAlong: Bool) throws(JSONError) {
        var fields = fields
        history = fields.value("history")
        parts = try Self.parts(try fields.objects("files") ?? [])
        let file = try fields.string("file") ?? (history == nil ? "" : "history.csv")
        guard !file.isEmpty || dataComeAlong || !parts.isEmpty else { throw fields.error("file", "is missing") }
        guard parts.isEmpty || file.isEmpty && !dataComeAlong else {
            throw fields.error("files", "are files of this machine, instead of 'file', 'history' or data that come along")
        }
        let said: Recipe.Format? = try fields.choice("format")
        let formats = (parts.isEmpty ? [file] : parts.map(\.file)).map { said ?? ($0.hasSuffix(".jsonl") ? .jsonl : .csv) }
        guard Set(parts.map(\.file)).count == parts.count, Set(formats).count == 1 else {
            throw fields.error("files", "must be different files of one format")
        }
        guard history == nil || file == "history.csv" else { throw fields.error("history", "or 'file' says where the rows are, not both") }
        self.file = file
        format = formats[0]
        let separator = Array((try fields.string("separator") ?? ",").utf8)
        guard separator.count == 1, separator[0] != 0x22, separator[0] != 0x0A, separator[0] != 0x0D, separator[0] < 0x80 else {
            throw fields.error("separator", "must be one character, such as \",\" or \";\"")
        }
        self.separator = separator[0]
        missing = Set(try fields.strings("missing") ?? [""])
        onMissing = try fields.choice("on_missing") ?? .refuse
        try fields.end()
    }

    private static func parts(_ objects: [JSONFields]) throws(JSONError) -> [Part] {
        var parts: [Part] = []
        for var fields in objects {
            guard let file = try fields.string("file"), !file.isEmpty else { throw fields.error("file", "is missing") }
            parts.append(Part(file: file, weight: Float(try fields.double("weight", in: 1e-6...1e6) ?? 1)))
            try fields.end()
        }
        return parts
    }
}

extension Recipe.Column {
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let name = try fields.string("name"), !name.isEmpty else { throw fields.error("name", "is missing") }
        self.name = name
        kind = try fields.choice("kind") ?? .number
        from = try fields.strings("from") ?? [name]
        embedding = try fields.int("embedding", in: 1...4096)
        let policy: UnknownPolicy? = try fields.choice("on_unknown")
        onUnknown = policy ?? .ignore
        isStandardised = try fields.bool("standardise") ?? true
        try fields.end()
        guard !from.isEmpty, kind == .number || from.count == 1 else {
            throw fields.error("from", "must name one column for a category, one or more for numbers")
        }
        guard kind == .category || embedding == nil else { throw fields.error("embedding", "is for categories") }
        guard kind == .category || policy == nil else { throw fields.error("on_unknown", "is for categories") }
    }
}

extension Recipe.Target {
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let name = try fields.string("name"), !name.isEmpty else { throw fields.error("name", "is missing") }
        self.name = name
        let said: Recipe.TargetKind? = try fields.choice("kind")
        kind = said ?? .class
        labels = try fields.strings("labels")
        isSaid = said != nil || labels != nil
        try fields.end()
        guard let labels else { return }
        guard kind == .class, labels.count >= 2, Set(labels).count == labels.count else {
            throw fields.error("labels", "must name two classes or more, each once, of a target of kind \"class\"")
        }
    }
}

extension Recipe.Split {
    init(_ fields: JSONFields?) throws(JSONError) {
        guard var fields else {
            self.init(validation: 0, test: 0, testFile: nil)
            return
        }
        let validation = try fields.double("validation", in: 0...0.9) ?? 0
        let test = try fields.double("test", in: 0...0.9) ?? 0
        let file = try fields.string("test_file")
        try fields.end()
        guard validation + test < 0.95, file == nil || test == 0 else {
            throw fields.error("test", "and 'validation' leave nothing to learn from, or 'test_file' is there too")
        }
        self.init(validation: validation, test: test, testFile: file)
    }
}

extension Recipe.NetworkOptions {
    init(_ fields: JSONFields?) throws(JSONError) {
        guard var fields else {
            self.init(layers: [], plan: nil, learn: nil)
            return
        }
        self.init(layers: try fields.array("layers") ?? [], plan: fields.value("plan"), learn: try fields.string("learn"))
        try fields.end()
        guard plan == nil || layers.isEmpty && learn != nil else {
            throw fields.error("plan", "needs 'learn', the step whose numbers meet the target, and no 'layers'")
        }
    }
}

/// What the training makes small.
struct LossOptions: Sendable {
    enum Name: String, CaseIterable { case crossEntropy = "cross_entropy", squared, absolute, huber, quantile }
    let name: Name
    /// What of a label's chance is spread over all classes.
    let smoothing: Float
    /// The part of the targets that is to lie below the answers.
    let quantile: Float
    /// From which error on the Huber loss is linear, in standard deviations of the target.
    let delta: Float

    init(_ fields: inout JSONFields, _ kind: Recipe.TargetKind) throws(JSONError) {
        name = try fields.choice("loss") ?? (kind == .class ? .crossEntropy : .squared)
        let smoothing = try fields.double("smoothing", in: 0...0.9), quantile = try fields.double("quantile", in: 0.001...0.999)
        let delta = try fields.double("delta", in: 1e-3...1e3)
        (self.smoothing, self.quantile, self.delta) = (Float(smoothing ?? 0), Float(quantile ?? 0.5), Float(delta ?? 1))
        guard (name == .crossEntropy) == (kind == .class) else {
            throw fields.error("loss", "is \"\(name.rawValue)\", which doesn't suit a target of kind \"\(kind.rawValue)\"")
        }
        guard smoothing == nil || name == .crossEntropy else { throw fields.error("smoothing", "is for classes") }
        guard quantile == nil || name == .quantile else { throw fields.error("quantile", "is for the loss \"quantile\"") }
        guard delta == nil || name == .huber else { throw fields.error("delta", "is for the loss \"huber\"") }
    }
}

/// Optimizer, decay and clipping.
struct OptimizerOptions: Sendable {
    enum Name: String, CaseIterable { case sgd, adam, rmsprop, adagrad }
    enum Decayed: String, CaseIterable { case matrices, all }
    let name: Name
    let rate: Float
    let momentum: Float
    let isNesterov: Bool
    let decay: WeightDecay
    let clip: Float?

    init(_ fields: JSONFields?) throws(JSONError) {
        guard var fields else {
            (name, rate, momentum, isNesterov, decay, clip) = (.adam, 1e-3, 0, false, .none, nil)
            return
        }
        name = try fields.choice("name") ?? .adam
        rate = Float(try fields.double("rate", in: 1e-9...1e3) ?? 1e-3)
        momentum = Float(try fields.double("momentum", in: 0...0.9999) ?? 0)
        isNesterov = try fields.bool("nesterov") ?? false
        let amount = Float(try fields.double("decay", in: 0...1e3) ?? 0)
        let decayed: Decayed = try fields.choice("decay_for") ?? .matrices
        decay = decayed == .all ? .all(amount) : .matrices(amount)
        clip = try fields.double("clip", in: 1e-6...1e6).map { Float($0) }
        try fields.end()
        guard name == .sgd || momentum == 0 && !isNesterov else { throw fields.error("momentum", "is for sgd") }
    }

    var optimizer: any Optimizer {
        switch name {
        case .sgd: SGD(learningRate: rate, momentum: momentum, isNesterov: isNesterov, decay: decay)
        case .adam: Adam(learningRate: rate, decay: decay)
        case .rmsprop: RMSProp(learningRate: rate, decay: decay)
        case .adagrad: Adagrad(learningRate: rate, decay: decay)
        }
    }
}

/// How the learning rate changes.
struct ScheduleOptions: Sendable {
    enum Name: String, CaseIterable { case constant, cosine, linear, stepped }
    let name: Name
    let end: Float
    let factor: Float
    let every: Int
    let warmup: Int

    init(_ fields: JSONFields?) throws(JSONError) {
        guard var fields else {
            (name, end, factor, every, warmup) = (.constant, 0, 1, 1, 0)
            return
        }
        name = try fields.choice("name") ?? .constant
        end = Float(try fields.double("to", in: 0...1e3) ?? 0)
        factor = Float(try fields.double("factor", in: 1e-6...1) ?? 0.5)
        every = try fields.int("every", in: 1...1_000_000_000) ?? 1000
        warmup = try fields.int("warmup", in: 0...1_000_000_000) ?? 0
        try fields.end()
    }

    /// Over all steps of a training.
    func schedule(from rate: Float, steps: Int) -> Schedule {
        let rest = max(1, steps - warmup)
        let schedule: Schedule =
            switch name {
            case .constant: .constant(rate)
            case .cosine: .cosine(rate, to: end, over: rest)
            case .linear: .linear(rate, to: end, over: rest)
            case .stepped: .stepped(rate, factor: factor, every: every)
            }
        return warmup > 0 ? schedule.warmedUp(over: warmup) : schedule
    }
}
