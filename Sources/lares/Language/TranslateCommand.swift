public import ArgumentParser
import LaresJSON
public import LaresLanguage
import LaresServer

extension TextTranslator.Cell: ExpressibleByArgument {}
extension TextTranslator.Unit: ExpressibleByArgument {}

/// `lares translate`: texts for texts, learnt from pairs.
struct TranslateCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "translate", abstract: say("cli.translate.abstract"), discussion: say("cli.translate.discussion"),
            subcommands: [TranslateTrain.self, TranslateAsk.self])
    }
}

struct TranslateTrain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "train", abstract: say("cli.translate.train.abstract"), discussion: say("cli.translate.train.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.translate.pairs")), completion: .file())
    var pairs: String

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.translate.output")), completion: .file(extensions: ["safetensors"]))
    var output: String

    @Option(help: ArgumentHelp(say("cli.translate.cell")))
    var cell = TextTranslator.Cell.lstm

    @Option(help: ArgumentHelp(say("cli.translate.unit")))
    var unit = TextTranslator.Unit.characters

    @Option(help: ArgumentHelp(say("cli.translate.width")))
    var width = 128

    @Option(help: ArgumentHelp(say("cli.translate.epochs")))
    var epochs = 10

    @Option(help: ArgumentHelp(say("cli.translate.batch")))
    var batch = 64

    @Option(help: ArgumentHelp(say("cli.translate.learning-rate")))
    var learningRate: Float?

    @Option(help: ArgumentHelp(say("cli.translate.held")))
    var held = 0.05

    @Option(help: ArgumentHelp(say("cli.language.seed")))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp(say("cli.translate.checkpoint")), completion: .file())
    var checkpoint: String?

    @OptionGroup var giving: PriorityOption

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        giving.apply()
        var training = TranslatorTraining()
        (training.form.cell, training.form.unit, training.form.width) = (cell, unit, width)
        (training.epochs, training.batch, training.learningRate, training.held) = (epochs, batch, learningRate, held)
        (training.seed, training.checkpoint) = (seed, checkpoint)
        try LearningFiles.check([output, LearntCard.path(of: output), checkpoint])
        let pairs = try TextPairs(contentsOf: self.pairs), card = try LearntCard(data: self.pairs)
        var line: LearningLine?
        defer { line?.finish() }
        let translator = try training.run(on: pairs) { progress in
            if line == nil { line = LearningLine(steps: progress.steps) }
            return line?.show(step: progress.step, loss: progress.loss) ?? true
        }
        line?.finish()
        try translator.write(to: output)
        if line?.isEnded != true { LearningFiles.drop(checkpoint) }
        let exact = translator.exact
        try card.write(
            beside: output, summary: training.summary(of: pairs),
            metrics: exact.map { ["validation": ["exact": .double($0 / 100)]] } ?? [:])
        guard json else {
            return print(
                say(
                    exact == nil ? "cli.translate.written" : "cli.translate.scored",
                    ["file": output.printable, "exact": Amounts.decimal(exact ?? 0, 2)]))
        }
        let members: JSON = ["file": .string(output), "pairs": .int(pairs.pairs.count), "exact": exact.map { .double($0) } ?? .null]
        print(members.serialized)
    }
}

struct TranslateAsk: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "ask", abstract: say("cli.translate.ask.abstract"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.translate.file")), completion: .file(extensions: ["safetensors"]))
    var file: String

    @Argument(help: ArgumentHelp(say("cli.translate.texts")))
    var texts: [String] = []

    @Option(help: ArgumentHelp(say("cli.translate.beams")))
    var beams = 4

    func validate() throws {
        guard (1...64).contains(beams) else { throw ValidationError(say("cli.translate.bad-beams")) }
    }

    func run() async throws {
        let translator = try TextTranslator(contentsOf: file)
        if !texts.isEmpty { return try translator(texts, beams: beams).forEach { print($0.printable) } }
        while let text = readLine() { print(try translator([text], beams: beams)[0].printable) }
    }
}
