import ArgumentParser
import LaresServing

struct Remove: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "rm", abstract: say("cli.rm.abstract"), aliases: ["remove"])
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.argument.model")))
    var models: [String]

    func run() async throws {
        let store = try common.store()
        for model in models {
            let freed = try store.remove(model)
            print(say("cli.rm.done", ["name": model, "size": Amounts.bytes(freed)]))
        }
    }
}
