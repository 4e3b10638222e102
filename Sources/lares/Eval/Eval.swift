import ArgumentParser
import Foundation
import LaresForecast
import LaresJSON

/// Scores of what Lares learns on public data, beside published ones.
struct Eval: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            abstract: say("cli.eval.abstract"), discussion: say("cli.eval.discussion"),
            subcommands: [EvalETT.self, EvalVictoria.self, EvalNAB.self, EvalEnergy.self, EvalTraffic.self, EvalIncidents.self])
    }
}

/// What every evaluation takes.
struct EvalOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.eval.path")), completion: .file(extensions: ["csv"]))
    var path: String

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    /// Shows what is being computed, on a terminal.
    func progress(_ name: String) {
        if !json { Terminal.note(say("cli.eval.progress", ["name": name])) }
    }

    func show(_ table: EvaluationTable) {
        print(json ? table.json.serialized : table.text)
    }
}

extension EvaluationTable {
    /// For people: percentages with two digits, others with three.
    var text: String {
        let digits = columns == ["mape"] ? 2 : 3
        var table = TextTable(
            [say("cli.eval.column.model")] + columns + [say("cli.eval.column.seconds"), say("cli.eval.column.from")],
            numbers: Set(1...(columns.count + 1)))
        for row in rows {
            let scores = row.scores.map { $0.map { $0.fixed(digits) } ?? "–" }
            table.add(
                [row.name] + scores + [
                    row.seconds.map { $0.fixed(1) } ?? "–", say(row.isPublished ? "cli.eval.published" : "cli.eval.here"),
                ])
        }
        return table.text
    }
}

extension Double {
    func fixed(_ digits: Int) -> String {
        formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}
