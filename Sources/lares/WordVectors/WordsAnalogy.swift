import ArgumentParser
import LaresLanguage
import LaresServer

struct WordsAnalogy: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "analogy", abstract: say("cli.words.analogy.abstract"), discussion: say("cli.words.analogy.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: VectorOptions

    @Argument(help: ArgumentHelp(say("cli.words.analogy.a")))
    var a: String

    @Argument(help: ArgumentHelp(say("cli.words.analogy.b")))
    var b: String

    @Argument(help: ArgumentHelp(say("cli.words.analogy.c")))
    var c: String

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.words.count")))
    var count = 10

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError(say("cli.words.bad-count")) }
    }

    func run() async throws { options.show(try options.read().analogy(a, b, c, count: count)) }
}
