import ArgumentParser
import LaresLanguage
import LaresServer

struct WordsNearest: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "nearest", abstract: say("cli.words.nearest.abstract"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: VectorOptions

    @Argument(help: ArgumentHelp(say("cli.words.one")))
    var word: String

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.words.count")))
    var count = 10

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError(say("cli.words.bad-count")) }
    }

    func run() async throws { options.show(try options.read().nearest(to: word, count: count)) }
}
