import ArgumentParser
import LaresJSON
import LaresServer
import LaresServing

struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.import.abstract"), discussion: say("cli.import.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.import.path")), completion: .file())
    var path: String

    @Option(help: ArgumentHelp(say("cli.pull.name")))
    var name: String?

    @Option(help: ArgumentHelp(say("cli.pull.base")))
    var base: String?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let store = try common.store()
        let model = try await ProgressLine.during { try await store.importModel(at: path, name: name, base: base, progress: $0) }
        if json {
            print(model.description.laresJSON.serialized)
        } else {
            print(say("cli.pull.done", ["name": model.name, "size": Amounts.bytes(model.fileBytes)]))
        }
    }
}
