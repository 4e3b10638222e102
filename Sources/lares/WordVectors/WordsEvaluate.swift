import ArgumentParser
import LaresJSON
import LaresLanguage
import LaresServer

struct WordsEvaluate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "evaluate", abstract: say("cli.words.evaluate.abstract"), discussion: say("cli.words.evaluate.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var options: VectorOptions

    @Option(help: ArgumentHelp(say("cli.words.evaluate.pairs")), completion: .file())
    var pairs: String?

    @Option(help: ArgumentHelp(say("cli.words.evaluate.analogies")), completion: .file())
    var analogies: String?

    func validate() throws {
        if pairs == nil, analogies == nil { throw ValidationError(say("cli.words.evaluate.nothing")) }
    }

    func run() async throws {
        let vectors = try options.read()
        let pairs = try pairs.map { try WordPairTest(contentsOf: $0).evaluate(vectors) }
        let sections = try analogies.map { try AnalogyTest(contentsOf: $0).evaluate(vectors) }
        options.json ? json(pairs, sections) : plain(pairs, sections)
    }

    private func plain(_ pairs: WordPairTest.Result?, _ sections: [AnalogyTest.Result]?) {
        if let pairs {
            let spearman = Amounts.decimal(pairs.spearman, 4)
            print(say("cli.words.evaluate.spearman", ["value": spearman, "pairs": "\(pairs.pairs)", "unknown": "\(pairs.unknown)"]))
        }
        guard let sections else { return }
        var table = TextTable([say("cli.words.evaluate.section"), say("cli.words.evaluate.right"), "", "%"], numbers: [1, 2, 3])
        for section in sections { table.add(row(section.section.printable, section.correct, section.questions)) }
        let (correct, questions) = total(sections)
        table.add(row(say("cli.words.evaluate.all"), correct, questions))
        print(table.text)
    }

    private func row(_ name: String, _ correct: Int, _ questions: Int) -> [String] {
        [name, "\(correct)", "\(questions)", Amounts.decimal(100 * Double(correct) / Double(questions), 1)]
    }

    private func total(_ sections: [AnalogyTest.Result]) -> (correct: Int, questions: Int) {
        (sections.reduce(0) { $0 + $1.correct }, sections.reduce(0) { $0 + $1.questions })
    }

    private func json(_ pairs: WordPairTest.Result?, _ sections: [AnalogyTest.Result]?) {
        var members = JSON.Members()
        if let pairs {
            members.append("spearman", pairs.spearman.isFinite ? .double(pairs.spearman) : .null)
            members.append("pairs", .int(pairs.pairs))
            members.append("unknown_pairs", .int(pairs.unknown))
        }
        if let sections {
            let (correct, questions) = total(sections)
            members.append("analogies_correct", .int(correct))
            members.append("analogies_asked", .int(questions))
        }
        print(JSON.object(members).serialized)
    }
}
