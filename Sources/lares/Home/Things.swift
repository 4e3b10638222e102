import ArgumentParser
import Foundation
import LaresJSON
import LaresServer

struct Things: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.things.abstract"), discussion: say("cli.things.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp(say("cli.things.thing")))
    var thing: String?

    @Option(help: ArgumentHelp(say("cli.things.area")))
    var area: String?

    @Option(help: ArgumentHelp(say("cli.things.category")))
    var category: String?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    @Option(help: ArgumentHelp(say("cli.things.rename")))
    var name: String?

    @Option(name: .customLong("in"), help: ArgumentHelp(say("cli.names.in"), valueName: "language=name"))
    var others: [String] = []

    @Option(name: .customLong("move"), help: ArgumentHelp(say("cli.things.move"), valueName: "area"))
    var newArea: String?

    private var changesWords: Bool { name != nil || newArea != nil || !others.isEmpty }

    func validate() throws {
        if changesWords, thing == nil { throw ValidationError(say("cli.things.which")) }
        if let bad = others.first(where: { $0.split(separator: "=", maxSplits: 1).count != 2 }) {
            throw ValidationError(say("cli.names.bad", ["text": bad]))
        }
    }

    /// Has it called otherwise; names in other languages are added to those there are.
    private func change(_ path: String, _ connection: ServerConnection) async throws {
        var members = JSON.Members()
        if let name { members["name"] = .string(name) }
        if let newArea { members["area"] = .string(newArea) }
        if !others.isEmpty {
            var names = JSON.Members()
            if case .object(let known)? = try await connection.ask("GET", path)["names"] { names = known }
            for other in others {
                let parts = other.split(separator: "=", maxSplits: 1)
                names[String(parts[0])] = .string(String(parts[1]))
            }
            members["names"] = .object(names)
        }
        _ = try await connection.ask("PATCH", path, .object(members))
    }

    func run() async throws {
        let connection = server.connection
        guard let thing else { return try await list(connection) }
        let path = "/lares/v1/things/\(ServerConnection.part(thing))"
        if changesWords { try await change(path, connection) }
        let answer = try await connection.ask("GET", path)
        if json { return print(answer.serialized) }
        print("\(ThingText.name(answer) ?? thing) (\(thing)), \(say("cli.things.\(answer["availability"]?.text ?? "unknown")"))")
        guard case .object(let properties)? = answer["properties"] else { return }
        var table = TextTable(["cli.column.property", "cli.column.value", "cli.column.changed", "cli.column.settable"].map { say($0) })
        for (name, property) in properties {
            table.add([
                name, ThingText.value(property), ThingText.time(property["changed"]),
                say(property["writable"] == true ? "cli.things.yes" : "cli.things.no"),
            ])
        }
        print(table.text)
    }

    private func list(_ connection: ServerConnection) async throws {
        let answer = try await connection.ask("GET", "/lares/v1/things")
        let things = (answer["things"]?.elements ?? []).filter {
            (area == nil || $0["area"]?.text == area) && (category == nil || $0["category"]?.text == category)
        }
        if json { return print(JSON.array(things).serialized) }
        if things.isEmpty { return Terminal.note(say("cli.things.none")) }
        var table = TextTable(["cli.column.thing", "cli.column.name", "cli.column.area", "cli.column.state"].map { say($0) })
        for thing in things {
            table.add([thing["id"]?.text ?? "", ThingText.name(thing) ?? "", thing["area"]?.text ?? "–", ThingText.state(thing)])
        }
        print(table.text)
    }
}

/// Things in words for a terminal.
enum ThingText {
    /// What people call it in the reader's language.
    static func name(_ thing: JSON?) -> String? {
        (thing?["names"]?[words.language.rawValue]?.text ?? thing?["name"]?.text)?.printable
    }

    /// What matters most of a thing now.
    static func state(_ thing: JSON) -> String {
        guard thing["availability"]?.text != "offline" else { return say("cli.things.offline") }
        guard case .object(let properties)? = thing["properties"] else { return "–" }
        let primary = properties.filter { $0.value["role"] == nil && $0.value["value"] != .null && $0.value["kind"]?.text != "action" }
        return primary.isEmpty ? "–" : primary.prefix(4).map { "\($0.key) \(value($0.value))" }.joined(separator: ", ")
    }

    /// A value with its unit, and what was asked for behind it.
    static func value(_ property: JSON) -> String {
        let unit = property["unit"]?.text.map { "\u{a0}" + $0 } ?? ""
        let value = property["value"].flatMap { $0 == .null ? nil : plain($0) + unit } ?? "–"
        return property["desired"].map { "\(value) → \(plain($0))\(unit)" } ?? value
    }

    private static func plain(_ value: JSON) -> String {
        switch value {
        case .bool(let flag): say(flag ? "cli.things.yes" : "cli.things.no")
        case .string(let text): text.printable
        case .object: "\(value["hue"]?.number ?? 0)°, \(value["saturation"]?.number ?? 0)%"
        // What adding up left behind the sixth decimal is no part of it.
        case .double(let number) where abs(number) < 1e9: JSON.double((number * 1e6).rounded() / 1e6).serialized
        default: value.serialized
        }
    }

    static func time(_ seconds: JSON?) -> String {
        seconds?.number.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) } ?? "–"
    }
}
