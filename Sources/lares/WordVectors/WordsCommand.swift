import ArgumentParser
import LaresJSON
import LaresLanguage
import LaresServer

/// `lares words`: word vectors, learnt from a text or read from a file.
struct WordsCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "words", abstract: say("cli.words.abstract"), discussion: say("cli.words.discussion"),
            subcommands: [
                WordsTrain.self, WordsNearest.self, WordsAnalogy.self, WordsSimilarity.self, WordsEvaluate.self, WordsConvert.self,
            ])
    }
}

/// What the commands that ask about vectors take.
struct VectorOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(say("cli.words.vectors")), completion: .file())
    var vectors: String

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func read() throws -> WordVectors { try WordVectors(contentsOf: vectors) }

    /// Words and how near they are, a line each.
    func show(_ neighbours: [WordVectors.Neighbour]) {
        if json {
            let items = neighbours.map { ["word": .string($0.word), "similarity": .double(Double($0.similarity))] as JSON }
            return print(JSON.array(items).serialized)
        }
        var table = TextTable([say("cli.words.word"), say("cli.words.cosine")], numbers: [1])
        for neighbour in neighbours { table.add([neighbour.word.printable, Amounts.decimal(Double(neighbour.similarity), 3)]) }
        print(table.text)
    }
}
