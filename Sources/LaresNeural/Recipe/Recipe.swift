public import LaresJSON
import LaresTensor

/// How to train a network: a small JSON file. Names that it doesn't know are refused.
///
/// ```json
/// {
///   "name": "iris",
///   "data": {"file": "iris.csv", "on_missing": "refuse"},
///   "columns": [{"name": "size", "from": ["length", "width"]}, {"name": "colour", "kind": "category"}],
///   "target": {"name": "species", "kind": "class"},
///   "split": {"validation": 0.15, "test": 0.15},
///   "network": {"layers": [{"layer": "linear", "outputs": 16, "activation": "sigmoid"}]},
///   "loss": "cross_entropy",
///   "optimizer": {"name": "adam", "rate": 0.01, "decay": 0.001, "clip": 1},
///   "schedule": {"name": "cosine", "to": 0.0001, "warmup": 20},
///   "batch": 32, "epochs": 100, "early_stopping": {"patience": 10}, "seed": 1, "checkpoint_steps": 500
/// }
/// ```
/// Everything but data, columns and target has a default. Paths are relative to the recipe.
public struct Recipe: Sendable {
    /// The recipe as it was read.
    public let json: JSON
    /// The file to learn from, as the recipe names it; empty where the data come along, or several files are mixed.
    public var dataFile: String { source.file }
    /// All files to learn from, as the recipe names them.
    public var dataFiles: [String] { source.parts.isEmpty ? [source.file] : source.parts.map(\.file) }
    /// What of a home's history is to be learned from, for those who can ask for it; nil: a file is.
    public var history: JSON? { source.history }
    /// A file to test with that the network never learns from; nil: a part of the data, or none.
    public var testFile: String? { split.testFile }

    /// What the network is called; a server publishes a finished job's network under it. Nil: it isn't published.
    public let name: String?

    let source: Source
    let columns: [Column]
    let target: Target
    let split: Split
    let network: NetworkOptions
    let loss: LossOptions
    let optimizer: OptimizerOptions
    let schedule: ScheduleOptions
    let batch: Int
    let epochs: Int
    let patience: Int?
    let margin: Float
    let seed: UInt64
    let checkpointSteps: Int?
    let storage: Storage

    /// How rows are written.
    public enum Format: String, Sendable, CaseIterable { case csv, jsonl }

    /// How the network's file keeps its numbers.
    enum Storage: String, CaseIterable {
        case f32, f16, bf16
        var type: DType {
            switch self {
            case .f32: .f32
            case .f16: .f16
            case .bf16: .bf16
            }
        }
    }

    enum MissingPolicy: String, CaseIterable { case refuse, drop, fill }
    enum ColumnKind: String, CaseIterable { case number, category }
    enum TargetKind: String, CaseIterable { case `class`, number }

    struct Source: Sendable {
        /// One of several files, and how often batches come from it.
        struct Part: Sendable {
            let file: String
            let weight: Float
        }
        let file: String
        let parts: [Part]
        let history: JSON?
        let format: Format
        let separator: UInt8
        let missing: Set<String>
        let onMissing: MissingPolicy
    }

    /// One input of the network: a category, or one or more columns of numbers.
    struct Column: Sendable {
        let name: String
        let kind: ColumnKind
        let from: [String]
        let embedding: Int?
        let onUnknown: UnknownPolicy
        let isStandardised: Bool
    }

    struct Target: Sendable {
        let name: String
        let kind: TargetKind
        /// Whether the recipe says the kind, or the labels.
        let isSaid: Bool
        let labels: [String]?
    }

    struct Split: Sendable {
        let validation: Double
        let test: Double
        let testFile: String?
    }

    struct NetworkOptions: Sendable {
        let layers: [JSON]
        let plan: JSON?
        let learn: String?
    }

    /// Reads and checks a recipe. Throws ``RecipeError``.
    ///
    /// - Parameter dataComeAlong: Whether the rows come from elsewhere, so that the recipe needs no `data.file`.
    public init(_ json: JSON, dataComeAlong: Bool = false) throws(RecipeError) {
        do throws(JSONError) {
            try self.init(reading: json, dataComeAlong)
        } catch {
            throw RecipeError(.recipe, "the recipe: \(error.message)")
        }
    }

    /// Reads a text, which the caller has bounded. Throws ``RecipeError``.
    public init(parsing bytes: [UInt8], dataComeAlong: Bool = false) throws(RecipeError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw RecipeError(.recipe, "the recipe is not JSON: \(error.message)")
        }
        try self.init(json, dataComeAlong: dataComeAlong)
    }

    private init(reading json: JSON, _ dataComeAlong: Bool) throws(JSONError) {
        self.json = json
        var fields = try JSONFields(json)
        name = try fields.string("name")
        let data = dataComeAlong ? fields.value("data") ?? [:] : try fields.required("data")
        source = try Source(try JSONFields(data, at: "data"), dataComeAlong)
        var columns: [Column] = []
        for object in try fields.objects("columns") ?? [] { columns.append(try Column(object)) }
        guard (1...1024).contains(columns.count), Set(columns.map(\.name)).count == columns.count else {
            throw fields.error("columns", "must describe 1 to 1024 columns, each with another name")
        }
        self.columns = columns
        target = try Target(try JSONFields(try fields.required("target"), at: "target"))
        for own in columns where own.from.contains(target.name) {
            throw fields.error(
                "target",
                "is '\(target.name)', from which the column '\(own.name)' is made too: a network must not be told the answer, take "
                    + "it out of 'columns'")
        }
        split = try Split(try fields.fields("split"))
        network = try NetworkOptions(try fields.fields("network"))
        loss = try LossOptions(&fields, target.kind)
        optimizer = try OptimizerOptions(try fields.fields("optimizer"))
        schedule = try ScheduleOptions(try fields.fields("schedule"))
        batch = try fields.int("batch", in: 1...65_536) ?? 32
        epochs = try fields.int("epochs", in: 1...1_000_000) ?? 50
        (patience, margin) = try Recipe.stopping(try fields.fields("early_stopping"))
        seed = UInt64(try fields.int("seed", in: 0...(.max)) ?? 1)
        checkpointSteps = try fields.int("checkpoint_steps", in: 1...1_000_000_000)
        storage = try fields.choice("storage") ?? .f32
        try fields.end()
        guard patience == nil || split.validation > 0 else {
            throw fields.error("early_stopping", "needs data to look at: set 'split.validation'")
        }
    }

    private static func stopping(_ fields: JSONFields?) throws(JSONError) -> (Int?, Float) {
        guard var fields else { return (nil, 0) }
        guard let patience = try fields.int("patience", in: 1...1_000_000) else { throw fields.error("patience", "is missing") }
        let margin = try fields.double("margin", in: 0...1e6) ?? 0
        try fields.end()
        return (patience, Float(margin))
    }
}
