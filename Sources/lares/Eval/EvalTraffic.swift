import ArgumentParser
import Foundation
import LaresControl
import LaresJSON

/// Ways to control the signals of networks of SUMO, in the same simulations.
struct EvalTraffic: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "traffic", abstract: say("cli.eval.traffic.abstract"), discussion: say("cli.eval.traffic.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.eval.traffic.path")), completion: .directory)
    var paths: [String]

    @Option(help: ArgumentHelp(say("cli.eval.traffic.seeds")))
    var seeds = 20

    @Option(help: ArgumentHelp(say("cli.eval.traffic.first-seed")))
    var firstSeed = 1

    @Option(help: ArgumentHelp(say("cli.eval.traffic.weights")), completion: .file(extensions: ["json"]))
    var weights: String?

    @Option(help: ArgumentHelp(say("cli.eval.traffic.train")))
    var train: Int?

    @Option(help: ArgumentHelp(say("cli.eval.traffic.all-red")))
    var allRed = ShellTimes().allRed

    @Option(help: ArgumentHelp(say("cli.eval.traffic.patience")))
    var patience = 60.0

    @Flag(help: ArgumentHelp(say("cli.eval.traffic.learned-only")))
    var learnedOnly = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard !paths.isEmpty, (1...1_000).contains(seeds), (1...1_000_000).contains(firstSeed), (1...10_000).contains(train ?? 1),
            (0...30).contains(allRed),
            (0.1...3_600).contains(patience)
        else {
            throw ValidationError(say("cli.eval.traffic.bad-options"))
        }
    }

    func run() throws {
        let program = try SumoProgram()
        var times = ShellTimes()
        times.allRed = allRed
        let runs = try paths.map { try TrafficRun(SumoScenario(contentsOf: $0), program: program, times: times, patience: patience) }
        if train != nil { return try learn(on: runs) }
        let model = try weights.map(SignalModel.init(contentsOf:)) ?? .trained
        let learned = SignalMethod.learned(model)
        let classics = learnedOnly ? [] : SignalMethod.classics
        let methods = classics.map { ($0, false) } + [(learned, false), (learned, true)]
        let version = try program.version()
        var tables: [TrafficEvaluation.Table] = []
        for run in runs {
            for rules in run.rules { try prove(rules) }
            let table = try TrafficEvaluation.table(of: run, methods, seeds: firstSeed..<firstSeed + seeds, progress: progress, watch: tell)
            tables.append(table)
            if !json { print(table.text(simulator: version)) }
        }
        if json { print(JSON.object(["simulator": .string(version), "networks": .array(tables.map(\.json))]).serialized) }
    }

    /// Nothing is sent to a signal whose shell isn't proven.
    private func prove(_ rules: ShellRules) throws {
        let proof = ShellProof(rules)
        if let failure = proof.failure { throw TrafficError(.badNetwork, "\(rules.plan.name): \(failure.violation)") }
        guard proof.isComplete else {
            throw TrafficError(.badNetwork, "\(rules.plan.name) can reach more than \(proof.states) states: its shell can't be proven here")
        }
        guard !json else { return }
        Terminal.note(
            say(
                "cli.eval.traffic.proven",
                ["signal": rules.plan.name, "states": String(proof.states), "wait": String(proof.longestWait)]))
    }

    private func learn(on runs: [TrafficRun]) throws {
        let path = weights ?? "signals.json"
        let start = (try? SignalModel(contentsOf: path)) ?? SignalModel()
        var training = try TrafficTraining(runs, from: start)
        for generation in 1...(train ?? 1) {
            let costs = try training.improve()
            try training.model.write(to: path)
            progress("\(generation): \(costs.map { String(format: "%.3f", $0) }.joined(separator: " "))")
        }
    }

    private func progress(_ name: String) {
        if !json { Terminal.note(say("cli.eval.progress", ["name": name])) }
    }

    /// What happened before a simulation broke off.
    private func tell(_ events: [TrafficEvent]) {
        for event in events.suffix(20) { Terminal.note(event.description) }
    }
}

extension TrafficEvaluation.Table {
    fileprivate func text(simulator: String) -> String {
        let heads = ["method", "mean", "interval", "worst", "seconds", "from"].map { say("cli.eval.traffic.column.\($0)") }
        var table = TextTable([network] + heads.dropFirst(), numbers: [1, 2, 3, 4])
        for row in rows {
            table.add([
                row.name, row.delays.mean.fixed(2), row.delays.halfWidth.map { "±" + $0.fixed(2) } ?? "–",
                row.isPublished ? "–" : row.delays.worst.fixed(2), row.seconds.map { $0.fixed(1) } ?? "–",
                say(row.isPublished ? "cli.eval.published" : "cli.eval.here"),
            ])
        }
        let violations = rows.reduce(0) { $0 + $1.violations }
        let seeds = rows.map(\.delays.values.count).max() ?? 0
        var lines = [
            table.text,
            say("cli.eval.traffic.ran", ["simulator": simulator, "seeds": String(seeds), "violations": String(violations)]),
        ]
        if let comparison {
            lines.append(
                say(
                    "cli.eval.traffic.gain",
                    [
                        "gain": (comparison.gain * 100).fixed(1), "width": ((comparison.halfWidth ?? 0) * 100).fixed(1),
                        "best": comparison.best,
                        "worst": say(comparison.isWorstBetterThanFixed ? "cli.eval.traffic.yes" : "cli.eval.traffic.no"),
                        "loops": comparison.loopsOnly.map { (($0 - 1) * 100).fixed(1) } ?? "–",
                    ]))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
