import ArgumentParser
import Foundation
import LaresJSON
import LaresServer
import LaresServing

struct PublishVersion: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "publish", abstract: say("cli.registry.publish.abstract"), discussion: say("cli.registry.publish.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.registry.publish.file")), completion: .file(extensions: ["safetensors"]))
    var file: String

    @Argument(help: ArgumentHelp(say("cli.registry.model")))
    var name: String

    @Option(help: ArgumentHelp(say("cli.registry.publish.card"), valueName: "file"), completion: .file(extensions: ["json"]))
    var card: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.job")))
    var job: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.data-hash"), valueName: "sha256"))
    var dataHash: String?

    @Flag(help: ArgumentHelp(say("cli.registry.publish.promote")))
    var promote = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let registry = try common.registry()
        let version = try registry.publish(file, as: name, card: readCard(), lineage: Lineage(job: job, dataHash: dataHash))
        if promote { try registry.promote(name, to: "\(version.number)") }
        if json { return print(try registry.model(name).json().serialized) }
        print(
            say("cli.registry.published", ["name": name, "version": "\(version.number)", "signature": RegistryText.what(version)]))
    }

    private func readCard() throws -> ModelCard {
        guard let card else { return ModelCard() }
        do {
            return try JSONDecoder().decode(ModelCard.self, from: Data(contentsOf: URL(filePath: card)))
        } catch {
            throw Failure("cli.registry.bad-card", ["file": card, "reason": "\(error)"])
        }
    }
}
