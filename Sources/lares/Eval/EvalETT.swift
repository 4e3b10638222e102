import ArgumentParser
import LaresForecast

struct EvalETT: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "ett", abstract: say("cli.eval.ett.abstract"), discussion: say("cli.eval.ett.discussion"))
    }

    @OptionGroup var options: EvalOptions

    @Option(help: ArgumentHelp(say("cli.eval.ett.horizon"), valueName: "96|192|336|720"))
    var horizon: [Int] = []

    @Option(help: ArgumentHelp(say("cli.eval.ett.members")))
    var members = ETTEvaluation.usualMembers

    func validate() throws {
        guard horizon.allSatisfy(ETTEvaluation.horizons.contains), (0...100).contains(members) else {
            throw ValidationError(say("cli.eval.ett.bad-options"))
        }
    }

    func run() throws {
        let evaluation = try ETTEvaluation(contentsOf: options.path)
        options.show(
            try evaluation.table(
                horizons: horizon.isEmpty ? ETTEvaluation.horizons : horizon, members: members, progress: options.progress))
    }
}
