import ArgumentParser
import Foundation
import LaresForecast
import LaresJSON

/// Detectors on the Numenta Anomaly Benchmark, beside published scores.
struct EvalNAB: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "nab", abstract: say("cli.eval.nab.abstract"), discussion: say("cli.eval.nab.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.eval.nab.path")), completion: .directory)
    var path: String

    @Option(help: ArgumentHelp(say("cli.eval.nab.results")), completion: .directory)
    var results: String?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() throws {
        let folder = results ?? "\(path)/results"
        let report = try NABReport(NABCorpus(contentsOf: path), in: path, results: folder, detectors: Self.detectors(in: folder))
        print(json ? report.json.serialized : Self.text(of: report))
    }

    /// The detectors whose scores a folder has.
    private static func detectors(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/artificialNoAnomaly") }
    }

    private static func text(of report: NABReport) -> String {
        let profiles = NABProfile.all.map(\.name)
        let heads = ["detector", "standard", "low_fp", "low_fn", "cross", "pace", "origin"].map { say("cli.eval.nab.column.\($0)") }
        var table = TextTable(heads, numbers: Set(1...5))
        for row in report.rows {
            let scores = profiles.map { row.scores[$0].map { $0.fixed(2) } ?? "–" }
            table.add(
                [row.detector] + scores + [
                    row.crossValidated.map { $0.fixed(2) } ?? "–", row.pace.map { $0.fixed(0) } ?? "–",
                    say("cli.eval.nab.origin.\(row.origin.rawValue)"),
                ])
        }
        return table.text
    }
}
