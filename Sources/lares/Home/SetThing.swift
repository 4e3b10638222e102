import ArgumentParser
import LaresJSON
import LaresServer

struct SetThing: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "set", abstract: say("cli.set.abstract"), discussion: say("cli.set.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Argument(help: ArgumentHelp(say("cli.things.thing")))
    var thing: String

    @Argument(help: ArgumentHelp(say("cli.set.values"), valueName: "property=value"))
    var values: [String]

    @Option(name: .customLong("in"), help: ArgumentHelp(say("cli.set.in"), valueName: "time"))
    var delay: SpanArgument?

    @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.set.confirm")))
    var confirm = false

    @Flag(help: ArgumentHelp(say("cli.set.pin")))
    var pin = false

    @Option(help: ArgumentHelp(say("cli.set.person")))
    var person: String?

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard values.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else { throw ValidationError(say("cli.set.bad-values")) }
    }

    func run() async throws {
        var set = JSON.Members()
        for pair in values {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            set.append(String(parts[0]), .string(String(parts[1])))
        }
        var body = set
        if let delay { body = ["thing": .string(thing), "set": .object(set), "in_seconds": .double(delay.seconds)] }
        if confirm { body.append("confirm", true) }
        if pin, let digits = readLine(strippingNewline: true) { body.append("pin", .string(digits)) }
        if let person { body.append("person", .string(person)) }
        let path = delay == nil ? "/lares/v1/things/\(ServerConnection.part(thing))" : "/lares/v1/delayed"
        let answer = try await server.connection.ask("POST", path, .object(body))
        if json { return print(answer.serialized) }
        if delay != nil { return print(say("cli.set.waits", ["id": answer["id"]?.text?.printable ?? ""])) }
        let done = say("cli.set.\(answer["outcome"]?.text ?? "sent")", ["thing": ThingText.name(answer["thing"]) ?? thing])
        print(answer["outcome"]?.text == "confirmed" ? done + Self.now(answer["thing"], set) : done)
    }

    /// ": on yes, brightness 40 %", of what was asked for.
    private static func now(_ thing: JSON?, _ set: JSON.Members) -> String {
        let values = set.map(\.key).compactMap { name in
            thing?["properties"]?[name].flatMap { $0["value"] == .null ? nil : "\(name) \(ThingText.value($0))" }
        }
        return values.isEmpty ? "" : say("cli.set.now", ["values": values.joined(separator: ", ")])
    }
}
