import ArgumentParser
import LaresForecast

struct EvalVictoria: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "victoria", abstract: say("cli.eval.victoria.abstract"), discussion: say("cli.eval.victoria.discussion"))
    }

    @OptionGroup var options: EvalOptions

    func run() throws {
        options.show(try VictoriaEvaluation(contentsOf: options.path).table(progress: options.progress))
    }
}
