import ArgumentParser
import LaresLanguage
import LaresServer

struct WordsConvert: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "convert", abstract: say("cli.words.convert.abstract"), discussion: say("cli.words.convert.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.words.vectors")), completion: .file())
    var vectors: String

    @Argument(help: ArgumentHelp(say("cli.words.output")), completion: .file())
    var output: String

    @Option(help: ArgumentHelp(say("cli.words.format")))
    var format: WordVectorFormat?

    func run() async throws {
        let read = try WordVectors(contentsOf: vectors)
        try read.write(to: output, as: format)
        if read.pieces != nil, (format ?? WordVectorFormat(path: output)) != .safetensors {
            Terminal.note(say("cli.words.convert.no-ngrams", ["file": output.printable]))
        }
        print(
            say(
                "cli.words.convert.done",
                ["file": output.printable, "words": "\(read.words.count)", "dimensions": "\(read.dimensions)"]))
    }
}
