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

    @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.set.confirm")))
    var confirm = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func validate() throws {
        guard values.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else { throw ValidationError(say("cli.set.bad-values")) }
    }

    func run() async throws {
        var body = JSON.Members()
        for pair in values {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            body.append(String(parts[0]), .string(String(parts[1])))
        }
        if confirm { body.append("confirm", true) }
        let answer = try await server.connection.ask("POST", "/lares/v1/things/\(ServerConnection.part(thing))", .object(body))
        if json { return print(answer.serialized) }
        print(say("cli.set.\(answer["outcome"]?.text ?? "sent")", ["thing": answer["thing"]?["name"]?.text?.printable ?? thing]))
    }
}
