public import ArgumentParser
import Foundation
import LaresJSON
public import LaresLanguage
import LaresServer
import LaresTensor

extension WordUnit: ExpressibleByArgument {}
extension WordVectorSettings.Architecture: ExpressibleByArgument {}
extension WordVectorFormat: ExpressibleByArgument {}

struct WordsTrain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "train", abstract: say("cli.words.train.abstract"), discussion: say("cli.words.train.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.words.train.text")), completion: .file())
    var text: String

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.words.output")), completion: .file())
    var output: String

    @Option(help: ArgumentHelp(say("cli.words.format")))
    var format: WordVectorFormat?

    @OptionGroup var reading: TextOptions
    @OptionGroup var learning: LearningOptions
    @OptionGroup var giving: PriorityOption

    @Option(help: ArgumentHelp(say("cli.words.train.checkpoint")), completion: .file())
    var checkpoint: String?

    @Option(help: ArgumentHelp(say("cli.option.threads")))
    var threads: Int?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard !learning.ngrams || (format ?? WordVectorFormat(path: output)) == .safetensors else {
            throw ValidationError(say("cli.words.train.bad-ngrams"))
        }
        try learning.checkLengths()
        guard threads.map({ (1...1_024).contains($0) }) ?? true else { throw ValidationError(say("cli.bad-threads")) }
    }

    func run() async throws {
        try LearningFiles.check([output, LearntCard.path(of: output), checkpoint])
        giving.apply()
        let text = try TrainingText(
            contentsOf: self.text, unit: reading.unit, lowercases: !reading.keepCase, minimumCount: reading.minCount)
        let card = try LearntCard(data: self.text), settings = learning.settings(for: text)
        if !json { tell(text, settings) }
        let pool = ComputePool(threads: threads)
        defer { pool.close() }
        let isResumed = checkpoint.map { FileManager.default.fileExists(atPath: $0) } ?? false
        var last: WordVectorProgress?
        let line = WordsTrainingLine()
        defer { line.finish() }
        let vectors = try WordVectorTrainer(text, settings, pool: pool).train(checkpoint: checkpoint) { progress in
            if last == nil, isResumed, !json { Terminal.note(say("cli.train.resumed")) }
            last = progress
            line.show(progress)
        }
        try vectors.write(to: output, as: format)
        try card.write(beside: output, summary: settings.summary(of: text))
        LearningFiles.drop(checkpoint)
        line.finish()
        report(text, last)
    }

    private func tell(_ text: TrainingText, _ settings: WordVectorSettings) {
        Terminal.note(say("cli.words.train.read", ["words": "\(text.wordCount)", "vocabulary": "\(text.words.count)"]))
        guard let grams = settings.grams, text.isMostlyIdeographs, learning.shortest == nil || learning.longest == nil else { return }
        Terminal.note(say("cli.words.train.ideographs", ["shortest": "\(grams.shortest)", "longest": "\(grams.longest)"]))
    }

    private func report(_ text: TrainingText, _ last: WordVectorProgress?) {
        let rate = last?.wordsPerSecond ?? 0
        guard json else { return print(say("cli.words.train.done", ["file": output.printable, "rate": Amounts.decimal(rate, 0)])) }
        print(
            ([
                "file": .string(output), "vocabulary": .int(text.words.count), "words": .int(last?.words ?? 0),
                "words_per_second": .double(rate), "loss": .double(Double(last?.loss ?? 0)),
            ] as JSON).serialized)
    }
}

/// How a text is read.
struct TextOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.words.train.unit")))
    var unit = WordUnit.words

    @Flag(help: ArgumentHelp(say("cli.words.train.keep-case")))
    var keepCase = false

    @Option(help: ArgumentHelp(say("cli.words.train.min-count")))
    var minCount = 5
}

/// How vectors are learnt.
struct LearningOptions: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.words.train.architecture")))
    var architecture = WordVectorSettings.Architecture.skipGram

    @Option(help: ArgumentHelp(say("cli.words.train.negatives")))
    var negatives = 5

    @Option(help: ArgumentHelp(say("cli.words.train.dimensions")))
    var dimensions = 100

    @Option(help: ArgumentHelp(say("cli.words.train.window")))
    var window = 5

    @Option(help: ArgumentHelp(say("cli.words.train.epochs")))
    var epochs = 5

    @Option(help: ArgumentHelp(say("cli.words.train.learning-rate")))
    var learningRate: Float = 0.025

    @Option(help: ArgumentHelp(say("cli.words.train.sample")))
    var sample = 1e-3

    @Flag(help: ArgumentHelp(say("cli.words.train.ngrams")))
    var ngrams = false

    @Option(help: ArgumentHelp(say("cli.words.train.shortest")))
    var shortest: Int?

    @Option(help: ArgumentHelp(say("cli.words.train.longest")))
    var longest: Int?

    @Option(help: ArgumentHelp(say("cli.words.train.buckets")))
    var buckets = 200_000

    @Option(help: ArgumentHelp(say("cli.words.train.seed")))
    var seed: UInt64 = 1

    func checkLengths() throws {
        let (least, most) = (shortest ?? longest ?? 1, longest ?? shortest ?? 1)
        guard 1 <= least, least <= most, most <= 32 else { throw ValidationError(say("cli.words.train.bad-lengths")) }
    }

    func settings(for text: TrainingText) -> WordVectorSettings {
        var settings = WordVectorSettings()
        settings.architecture = architecture
        settings.objective = negatives == 0 ? .hierarchicalSoftmax : .negativeSampling(negatives)
        (settings.dimensions, settings.window, settings.epochs, settings.seed) = (dimensions, window, epochs, seed)
        (settings.learningRate, settings.sample) = (learningRate, sample)
        settings.lowestLearningRate = min(settings.lowestLearningRate, learningRate)
        if ngrams { settings.grams = CharacterGrams(for: text, shortest: shortest, longest: longest, buckets: buckets) }
        return settings
    }
}

/// One line on a terminal that shows how far training has come; nothing elsewhere.
private final class WordsTrainingLine {
    private var line = LiveLine()

    func show(_ progress: WordVectorProgress) {
        line.show(
            say(
                "cli.words.train.progress",
                [
                    "share": "\(progress.words * 100 / max(1, progress.total))", "rate": Amounts.decimal(progress.wordsPerSecond, 0),
                    "learningRate": Amounts.decimal(Double(progress.learningRate), 4), "loss": Amounts.decimal(Double(progress.loss), 3),
                ]))
    }

    /// Takes the line away.
    func finish() { line.finish() }
}
