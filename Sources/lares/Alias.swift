import ArgumentParser
import LaresServer
import LaresServing

struct Alias: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.alias.abstract"), discussion: say("cli.alias.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.alias.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.alias.name")))
    var name: String?

    @Flag(help: ArgumentHelp(say("cli.alias.remove")))
    var remove = false

    func validate() throws {
        guard remove == (name == nil) else { throw ValidationError(say("cli.alias.bad-options")) }
    }

    func run() async throws {
        let store = try common.store()
        if let name {
            try store.setAlias(name, to: model)
            print(say("cli.alias.done", ["alias": name, "name": try store.find(name).name]))
        } else {
            try store.removeAlias(model)
            print(say("cli.alias.removed", ["alias": model]))
        }
    }
}
