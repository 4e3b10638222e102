import ArgumentParser
import Foundation
import LaresControl
import LaresJSON

/// How soon closed lanes of networks of SUMO are seen, and how often something is seen that isn't there.
struct EvalIncidents: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "incidents", abstract: say("cli.eval.incidents.abstract"), discussion: say("cli.eval.incidents.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.eval.traffic.path")), completion: .directory)
    var paths: [String]

    @Option(help: ArgumentHelp(say("cli.eval.traffic.seeds")))
    var seeds = 25

    @Option(help: ArgumentHelp(say("cli.eval.traffic.first-seed")))
    var firstSeed = 1

    @Option(help: ArgumentHelp(say("cli.eval.incidents.closures")))
    var closures = 3

    @Option(help: ArgumentHelp(say("cli.eval.incidents.flow")))
    var flow = 180.0

    @Option(help: ArgumentHelp(say("cli.eval.traffic.patience")))
    var patience = 60.0

    @Flag(help: ArgumentHelp(say("cli.eval.incidents.standing-only")))
    var standingOnly = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard !paths.isEmpty, (1...1_000).contains(seeds), (1...1_000_000).contains(firstSeed), (1...20).contains(closures),
            (1...3_600).contains(flow),
            (0.1...3_600).contains(patience)
        else {
            throw ValidationError(say("cli.eval.incidents.bad-options"))
        }
    }

    func run() throws {
        let program = try SumoProgram()
        var settings = IncidentEvaluation.Settings()
        (settings.seeds, settings.closures, settings.flow, settings.hasSigned) = (
            firstSeed..<firstSeed + seeds, closures, flow, !standingOnly
        )
        var evaluation = IncidentEvaluation(settings)
        for path in paths {
            let run = try TrafficRun(SumoScenario(contentsOf: path), program: program, patience: patience)
            try evaluation.add(run) { name in
                if !json { Terminal.note(say("cli.eval.progress", ["name": name])) }
            }
        }
        let version = try program.version()
        guard json else { return print(evaluation.text(simulator: version)) }
        print(JSON.object(["simulator": .string(version), "incidents": evaluation.json]).serialized)
    }
}

extension IncidentEvaluation {
    fileprivate func text(simulator: String) -> String {
        let heads = ["method", "closed", "seen", "interval", "carrying", "half", "most", "false", "false-interval"]
        var table = TextTable(heads.map { say("cli.eval.incidents.column.\($0)") }, numbers: Set(2...8))
        for row in rows {
            let (seen, carrying) = (row.seen, row.seenWhereCarrying)
            table.add([
                row.method, say("cli.eval.incidents.closed.\(row.closing)"), "\(seen.count)/\(seen.total) \(percent(seen.value))",
                "\(percent(seen.interval.lowerBound))–\(percent(seen.interval.upperBound))",
                "\(carrying.count)/\(carrying.total) \(percent(carrying.value))", row.quantiles[0].map { $0.fixed(0) } ?? "–",
                row.quantiles[2].map { $0.fixed(0) } ?? "–", row.falseAlarmsIn72Hours.fixed(2),
                "\(row.falseAlarmInterval.lowerBound.fixed(2))–\(row.falseAlarmInterval.upperBound.fixed(2))",
            ])
        }
        let ran = say(
            "cli.eval.incidents.ran",
            [
                "simulator": simulator, "closures": String(closures.count), "hours": junctionHours.fixed(1),
                "within": settings.within.fixed(0), "flow": settings.flow.fixed(0),
            ])
        return table.text + "\n" + ran + "\n"
    }

    private func percent(_ share: Double) -> String { (share * 100).fixed(1) + "%" }
}
