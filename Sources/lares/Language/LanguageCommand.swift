import ArgumentParser
import Foundation
import LaresLanguage
import LaresServer
import LaresServing
import LaresTensor

/// `lares language`: small language models from a text, and large ones that learn more.
struct LanguageCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "language", abstract: say("cli.language.abstract"), discussion: say("cli.language.discussion"),
            subcommands: [LanguageTrain.self, LanguageTune.self, LanguageMerge.self])
    }
}

/// What learning a text takes.
struct TextLearningOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(say("cli.language.text")), completion: .file())
    var text: String

    @Option(help: ArgumentHelp(say("cli.language.steps")))
    var steps: Int?

    @Option(help: ArgumentHelp(say("cli.language.batch")))
    var batch: Int?

    @Option(help: ArgumentHelp(say("cli.language.context")))
    var context: Int?

    @Option(help: ArgumentHelp(say("cli.language.learning-rate")))
    var learningRate: Float?

    @Option(help: ArgumentHelp(say("cli.language.seed")))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp(say("cli.language.checkpoint")), completion: .file())
    var checkpoint: String?

    @OptionGroup var giving: PriorityOption

    func validate() throws {
        try Self.check("--steps", steps, 1...10_000_000)
        try Self.check("--batch", batch, 1...4096)
        try Self.check("--context", context, 8...8192)
        guard learningRate.map({ $0 > 0 && $0 <= 1 }) ?? true else { throw ValidationError(say("cli.language.bad-rate")) }
    }

    static func check(_ name: String, _ number: Int?, _ range: ClosedRange<Int>) throws {
        guard let number, !range.contains(number) else { return }
        throw ValidationError(
            say("cli.language.bad-number", ["option": name, "least": "\(range.lowerBound)", "most": "\(range.upperBound)"]))
    }

    /// The text, whole.
    func read() throws -> String {
        let file = try MappedFile(path: self.text)
        guard let text = withExtendedLifetime(file, { String(validating: $0.bytes, as: UTF8.self) }) else {
            throw Failure("cli.language.not-utf8", ["file": self.text.printable])
        }
        return text
    }

    /// The tokens as windows: nine tenths to learn, the rest to look at.
    func windows(_ tokens: [Int32], of length: Int) throws -> (learnt: TextWindows, unseen: TextWindows) {
        let cut = tokens.count * 9 / 10
        guard tokens.count - cut > length else {
            throw Failure(
                "cli.language.too-short", ["file": text.printable, "tokens": "\(tokens.count)", "least": "\(10 * length + 10)"])
        }
        return (TextWindows(Array(tokens[..<cut]), of: length), TextWindows(Array(tokens[cut...]), of: length))
    }

    /// Trains with a line that shows how far it is; Ctrl-C ends it there, and what was learnt is kept: false.
    func learn(
        _ model: inout some NextTokenModel, _ training: LanguageTraining, _ windows: (learnt: TextWindows, unseen: TextWindows), looks: Int
    )
        throws -> Bool
    {
        let before = model.loss(on: windows.unseen, batches: looks, of: training.batch)
        let line = LearningLine(steps: training.steps)
        defer { line.finish() }
        try training.run(&model, on: windows.learnt) { line.show(step: $0.step, loss: $0.loss) }
        line.finish()
        let after = model.loss(on: windows.unseen, batches: looks, of: training.batch)
        Terminal.note(
            say("cli.language.learnt", ["before": Amounts.decimal(Double(before), 3), "after": Amounts.decimal(Double(after), 3)]))
        return !line.isEnded
    }
}

struct LanguageTrain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "train", abstract: say("cli.language.train.abstract"), discussion: say("cli.language.train.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var learning: TextLearningOptions

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.language.output")), completion: .file())
    var output: String

    @Option(help: ArgumentHelp(say("cli.language.width")))
    var width = 128

    @Option(help: ArgumentHelp(say("cli.language.layers")))
    var layers = 4

    @Option(help: ArgumentHelp(say("cli.language.heads")))
    var heads = 4

    func validate() throws {
        try TextLearningOptions.check("--width", width, 32...4096)
        try TextLearningOptions.check("--layers", layers, 1...64)
        try TextLearningOptions.check("--heads", heads, 1...64)
        guard width.isMultiple(of: 32), width.isMultiple(of: heads * 16) else { throw ValidationError(say("cli.language.bad-width")) }
    }

    func run() async throws {
        learning.giving.apply()
        let context = learning.context ?? 64
        try LearningFiles.check([output, learning.checkpoint])
        let windows = try learning.windows(ByteVocabulary.tokens(of: learning.read()), of: context)
        var random = SeededRandom(seed: learning.seed)
        var model = CausalTransformer(
            .init(vocabulary: ByteVocabulary.count, width: width, layers: layers, heads: heads, context: context), using: &random)
        var training = LanguageTraining(
            steps: learning.steps ?? 2000, batch: learning.batch ?? 12, learningRate: learning.learningRate ?? 1e-3)
        (training.seed, training.checkpoint, training.start) = (learning.seed, learning.checkpoint, "\(width) \(layers) \(heads)")
        let isDone = try learning.learn(&model, training, windows, looks: 100)
        var values = ByteVocabulary.values
        values["general.name"] = .string(URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent)
        try model.contents(values).write(to: output)
        print(say("cli.language.written", ["file": output.printable]))
        if isDone { LearningFiles.drop(learning.checkpoint) }
    }
}

struct LanguageTune: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tune", abstract: say("cli.language.tune.abstract"), discussion: say("cli.language.tune.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.language.model")))
    var model: String

    @OptionGroup var learning: TextLearningOptions

    @Option(help: ArgumentHelp(say("cli.language.adapter")), completion: .file())
    var adapter: String?

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.language.merged")), completion: .file())
    var output: String?

    @Option(help: ArgumentHelp(say("cli.language.rank")))
    var rank = 8

    func validate() throws {
        try TextLearningOptions.check("--rank", rank, 1...256)
        guard adapter != nil || output != nil else { throw ValidationError(say("cli.language.no-output")) }
    }

    func run() async throws {
        learning.giving.apply()
        try LearningFiles.check([adapter, output, learning.checkpoint])
        let store = try common.store(), base = try store.find(model)
        let file = try GGUFFile(contentsOf: store.file(of: base))
        let network = try CausalTransformer(file)
        let tokens = try makeTokenizer(from: file.metadata).encode(learning.read(), addSpecial: false, parseSpecial: false)
        let windows = try learning.windows(tokens, of: min(learning.context ?? 128, network.size.context))
        var random = SeededRandom(seed: learning.seed)
        var tuned = AdaptedTransformer(network, LowRankAdapter(network, rank: rank, alpha: 2 * Float(rank), using: &random))
        var training = LanguageTraining(
            steps: learning.steps ?? 100, batch: learning.batch ?? 4, learningRate: learning.learningRate ?? 3e-4)
        (training.seed, training.decay, training.checkpoint) = (learning.seed, 0, learning.checkpoint)
        training.start = "\(rank) \(base.files.map { $0.digest.description }.joined(separator: " "))"
        let isDone = try learning.learn(&tuned, training, windows, looks: 10)
        if let adapter {
            try tuned.adapter.contents.write(to: adapter)
            print(say("cli.language.written", ["file": adapter.printable]))
        }
        if let output {
            try GGUFContents(merging: GGUFFile(tuned.adapter.contents), into: file, as: .q8_0).write(to: output)
            print(say("cli.language.written", ["file": output.printable]))
        }
        if isDone { LearningFiles.drop(learning.checkpoint) }
    }
}
