import ArgumentParser
import Foundation
import LaresJSON
import LaresServer
import LaresServing

struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.show.abstract")) }

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp(say("cli.argument.model")))
    var model: String

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let model = try common.store().find(model).description
        if json { return print(model.laresJSON.serialized) }
        for (key, value) in rows(model) {
            let head = say("cli.column.\(key)")
            print(head + String(repeating: " ", count: max(2, 18 - head.columns)) + value)
        }
    }

    private func rows(_ model: ModelDescription) -> [(String, String)] {
        let optional: [(String, String?)] = [
            ("name", model.name), ("aliases", model.aliases.isEmpty ? nil : model.aliases.joined(separator: ", ")),
            ("kind", say("cli.kind.\(model.kind.rawValue)")), ("base", model.base), ("family", model.family),
            ("parameters", model.parameterCount.map { Amounts.parameters($0) }), ("type", model.quantisation),
            ("context", model.contextLength.map { "\($0)" }), ("dimensions", model.dimensions.map { "\($0)" }),
            ("template", say(model.chatTemplate ? "cli.yes" : "cli.no")), ("size", Amounts.bytes(model.fileBytes)),
            ("source", model.source), ("sha256", model.sha256), ("created", model.created.formatted(.iso8601)),
        ]
        return optional.compactMap { key, value in value.map { (key, $0.printable) } }
    }
}
