public import ArgumentParser
import LaresServer
public import LaresServing

extension TrainingPriority: ExpressibleByArgument {}

/// How much a training that runs in the command itself gives way, as the child of `lares train` does.
struct PriorityOption: ParsableArguments {
    @Option(help: ArgumentHelp(say("cli.option.priority")))
    var priority = TrainingPriority.low

    /// To be called before the threads that compute are there.
    func apply() { priority.apply() }
}
