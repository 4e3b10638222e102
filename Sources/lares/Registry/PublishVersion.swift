import ArgumentParser
import Foundation
import LaresJSON
import LaresNeural
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

    @Option(help: ArgumentHelp(say("cli.registry.publish.summary")))
    var summary: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.licence")))
    var licence: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.job")))
    var job: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.data-hash"), valueName: "sha256"))
    var dataHash: String?

    @Option(help: ArgumentHelp(say("cli.registry.publish.signature"), valueName: "file"), completion: .file(extensions: ["json"]))
    var signature: String?

    @Flag(help: ArgumentHelp(say("cli.registry.publish.promote")))
    var promote = false

    @Flag(help: ArgumentHelp(say("cli.registry.new-signature")))
    var newSignature = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let registry = try common.registry()
        let (read, told) = try readCard()
        var card = read
        if let summary { card.summary = summary }
        if let licence { card.licence = licence }
        let lineage = Lineage(job: job, dataHash: dataHash ?? told.dataHash)
        let version = try registry.publish(file, as: name, card: card, lineage: lineage, declared: readSignature())
        if promote { try registry.promote(name, to: "\(version.number)", newSignature: newSignature) }
        if json { return print(try registry.model(name).json().serialized) }
        print(
            say("cli.registry.published", ["name": name, "version": "\(version.number)", "signature": RegistryText.what(version)]))
    }

    /// The card that was named, or the one beside the file, as a training leaves it.
    private func readCard() throws -> (card: ModelCard, lineage: Lineage) {
        let beside = [LearntCard.path(of: file), URL(filePath: file).deletingLastPathComponent().appending(path: "card.json").path]
        guard let path = card ?? beside.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return (ModelCard(), Lineage())
        }
        let read = try read(path, orSay: "cli.registry.bad-card") { try ModelCard.reading($0) }
        if card == nil { Terminal.note(say("cli.registry.card-beside", ["file": path.printable])) }
        return read
    }

    /// What the publisher says that it takes and gives.
    private func readSignature() throws -> NetworkSignature? {
        try signature.map { path in try read(path, orSay: "cli.registry.bad-signature") { try NetworkSignature.declared($0) } }
    }

    private func read<Value>(_ path: String, orSay key: String, _ value: (JSON) throws -> Value) throws -> Value {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(filePath: path)) } catch {
            throw Failure(key, ["file": path.printable, "reason": error.localizedDescription.printable])
        }
        do { return try value(try JSON(parsing: Array(bytes))) } catch {
            throw Failure(key, ["file": path.printable, "reason": "\(error)".printable])
        }
    }
}
