import ArgumentParser
import LaresJSON
import LaresLanguage
import LaresServer

struct WordsSimilarity: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "similarity", abstract: say("cli.words.similarity.abstract"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: VectorOptions

    @Argument(help: ArgumentHelp(say("cli.words.one")))
    var first: String

    @Argument(help: ArgumentHelp(say("cli.words.other")))
    var second: String

    func run() async throws {
        let cosine = Double(try options.read().similarity(first, second))
        print(options.json ? (["similarity": .double(cosine)] as JSON).serialized : Amounts.decimal(cosine, 4))
    }
}
