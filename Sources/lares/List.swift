import ArgumentParser
import Foundation
import LaresJSON
import LaresServer
import LaresServing

struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.list.abstract"), aliases: ["ls"])
    }

    @OptionGroup var common: CommonOptions

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let models = try common.store().list().map(\.description)
        if json { return print(JSON.array(models.map(\.laresJSON)).serialized) }
        if models.isEmpty { return Terminal.note(say("cli.list.empty")) }
        var table = TextTable(
            ["cli.column.name", "cli.column.kind", "cli.column.family", "cli.column.parameters", "cli.column.type", "cli.column.size"]
                .map { say($0) }, numbers: [3, 5])
        for model in models {
            table.add([
                ([model.name] + model.aliases).joined(separator: ", "), say("cli.kind.\(model.kind.rawValue)"), model.family.printable,
                model.parameterCount.map { Amounts.parameters($0) } ?? "–", model.quantisation?.printable ?? "–",
                Amounts.bytes(model.fileBytes),
            ])
        }
        print(table.text)
    }
}
