import ArgumentParser
import LaresJSON
import LaresServer
import LaresServing

struct Remove: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "rm", abstract: say("cli.rm.abstract"), aliases: ["remove"])
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.rm.model")))
    var models: [String]

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let store = try common.store()
        for model in models { try Self.refuseAlias(model, store) }
        var removed: [JSON] = []
        for model in models {
            let freed = try store.remove(model)
            removed.append(["name": .string(model), "freed_bytes": .int(freed)])
            if !json { print(say("cli.rm.done", ["name": model, "size": Amounts.bytes(freed)])) }
        }
        if json { print(JSON.array(removed).serialized) }
    }

    /// Whoever names an alias may mean the alias: the model goes only by its own name.
    private static func refuseAlias(_ name: String, _ store: ModelStore) throws {
        let model = try store.find(name)
        guard model.name == name else { throw Failure("cli.rm.alias", ["alias": name, "name": model.name]) }
    }
}
