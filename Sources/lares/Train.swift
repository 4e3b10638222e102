import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer
import LaresServing

struct Train: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.train.abstract"), discussion: say("cli.train.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.train.recipe")), completion: .file(extensions: ["json"]))
    var recipe: String

    @Option(help: ArgumentHelp(say("cli.train.data"), valueName: "file"), completion: .file())
    var data: String?

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.train.output"), valueName: "folder"), completion: .directory)
    var output: String?

    @Option(help: ArgumentHelp(say("cli.train.threads")))
    var threads: Int?

    @Option(help: ArgumentHelp(say("cli.train.memory"), valueName: "MB"))
    var memory = TrainingLimits().memory

    @Option(help: ArgumentHelp(say("cli.train.disk"), valueName: "MB"))
    var disk = TrainingLimits().disk

    @Option(help: ArgumentHelp(say("cli.train.seconds")))
    var seconds: Int?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard threads.map({ (1...1_024).contains($0) }) ?? true, TrainingLimits.memoryRange.contains(memory),
            TrainingLimits.diskRange.contains(disk), seconds.map(TrainingLimits.secondsRange.contains) ?? true
        else {
            throw ValidationError(say("cli.train.bad-options"))
        }
    }

    func run() async throws {
        var order = TrainingOrder(recipe: recipe, data: try await dataFile(), output: folder)
        order.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        order.limits = TrainingLimits(memory: memory, seconds: seconds, disk: disk)
        order.isIdle = false
        order.base = try baseFile()
        let (child, line, interrupts) = (TrainingChild(), TrainingLine(), Interrupts())
        interrupts.handle { child.stop() }
        let event = try await child.run(order) { [json] event in
            if json { print(event.json.serialized) } else { line.show(event) }
        }
        line.finish()
        try conclude(event)
    }

    var folder: String { output ?? (recipe.hasSuffix(".json") ? String(recipe.dropLast(5)) : recipe + "-network") }

    private func conclude(_ event: TrainingEvent) throws {
        switch event {
        case .finished(let card):
            let file = "\(folder)/\(TrainedFile.name(in: folder) ?? "")"
            if !json { print(say("cli.train.done", ["file": file, "metrics": Self.words(card["metrics"])])) }
        case .stopped:
            Terminal.note(say("cli.train.stopped", ["recipe": recipe, "folder": folder]))
            throw ExitCode(130)
        case .failed(let message): throw Failure("cli.train.failed", ["message": message.printable])
        case .started, .progress: throw Failure("cli.train.failed", ["message": "\(event)"])
        }
    }

    /// Such as "test: accuracy 0.9612, log_loss 0.1203".
    static func words(_ metrics: JSON?) -> String {
        for part in ["backtest", "test", "validation", "training"] {
            guard case .object(let members)? = metrics?[part] else { continue }
            let values = members.map { name, value in
                guard case .double(let number) = value else { return "\(name) \(value.serialized)" }
                return "\(name) \(number.formatted(.number.precision(.fractionLength(4)).locale(Locale(identifier: "en_US_POSIX"))))"
            }
            return say("cli.train.\(part)") + " " + values.joined(separator: ", ")
        }
        return ""
    }
}

/// The child's side of `train`, and of the server's jobs.
struct TrainWorker: ParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "train-worker", shouldDisplay: false) }

    @Argument var recipe: String
    @Option var data: String?
    @Option var output: String
    @Option var memory: Int
    @Option var disk: Int
    @Option var base: String?
    @Flag var idle = false

    func run() throws {
        var order = TrainingOrder(recipe: recipe, data: data, output: output)
        order.base = base
        (order.limits, order.isIdle) = (TrainingLimits(memory: memory, seconds: nil, disk: disk), idle)
        throw ExitCode(TrainingWorker.run(order, code: LaresServer.version) { try $0.lookedUp() })
    }
}
