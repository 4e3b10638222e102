import ArgumentParser
import LaresJSON
import LaresServer
import LaresServing

struct Pull: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.pull.abstract"), discussion: say("cli.pull.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.pull.source")))
    var source: String

    @Option(help: ArgumentHelp(say("cli.pull.name")))
    var name: String?

    @Option(help: ArgumentHelp(say("cli.pull.base")))
    var base: String?

    @Flag(help: ArgumentHelp(say("cli.pull.allow-private")))
    var allowPrivate = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let store = try common.store()
        var settings = PullSettings.fromEnvironment()
        if allowPrivate { settings.allowPrivate = true }
        let model = try await ProgressLine.during { [settings] show in
            try await store.pull(ModelSource(source), name: name, base: base, settings: settings, progress: show)
        }
        if json {
            print(model.description.laresJSON.serialized)
        } else {
            print(say("cli.pull.done", ["name": model.name, "size": Amounts.bytes(model.fileBytes)]))
        }
    }
}
