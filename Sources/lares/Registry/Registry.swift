import ArgumentParser
import LaresJSON
import LaresServer
import LaresServing

struct Registry: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            abstract: say("cli.registry.abstract"), discussion: say("cli.registry.discussion"),
            subcommands: [
                PublishVersion.self, ListNetworks.self, ShowNetwork.self, AliasVersion.self, PromoteVersion.self, RollBackVersion.self,
                TryVersion.self, RemoveVersion.self,
            ])
    }
}

extension CommonOptions {
    /// The trained networks of the data directory.
    func registry() throws -> NetworkRegistry { NetworkRegistry(store: try store()) }
}

struct ListNetworks: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: say("cli.registry.list.abstract"), aliases: ["ls"])
    }

    @OptionGroup var common: CommonOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let models = try common.registry().models()
        if json { return print(RegistryText.json(models)) }
        if models.isEmpty { return Terminal.note(say("cli.registry.empty")) }
        var table = TextTable(
            ["cli.column.name", "cli.column.version", "cli.column.aliases", "cli.column.size", "cli.column.signature"].map { say($0) },
            numbers: [1, 3])
        for model in models {
            for version in model.versions.reversed() {
                table.add([
                    model.name, "\(version.number)", model.aliases(of: version.number).joined(separator: ", "),
                    Amounts.bytes(version.bytes), RegistryText.what(version),
                ])
            }
        }
        print(table.text)
    }
}

struct ShowNetwork: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: say("cli.registry.show.abstract"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var model: String

    @Argument(help: ArgumentHelp(say("cli.registry.version")))
    var version: String?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let registry = try common.registry()
        let model = try registry.model(model)
        if json { return print(model.json().serialized) }
        for (key, value) in RegistryText.rows(try registry.version(of: model.name, version), in: model) {
            let head = say("cli.column.\(key)")
            print(head + String(repeating: " ", count: max(2, 18 - head.columns)) + value)
        }
    }
}
