import ArgumentParser
import LaresJSON
import LaresServer

struct ScenesCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "scenes", abstract: say("cli.scenes.abstract"), subcommands: [All.self, Apply.self, Capture.self, Forget.self],
            defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.scenes.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/scenes")
            if json { return print(answer.serialized) }
            let scenes = answer["scenes"]?.elements ?? []
            if scenes.isEmpty { return Terminal.note(say("cli.scenes.none")) }
            for scene in scenes { print("\(scene["id"]?.text ?? "")  \(scene["name"]?.text?.printable ?? "")") }
        }
    }

    struct Apply: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.scenes.apply")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.scenes.scene")))
        var scene: String

        @Option(help: ArgumentHelp(say("cli.scenes.transition"), valueName: "seconds"))
        var transition: Double?

        @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.set.confirm")))
        var confirm = false

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            var body = JSON.Members()
            if let transition { body.append("transition", .double(transition)) }
            if confirm { body.append("confirm", true) }
            let path = "/lares/v1/scenes/\(ServerConnection.part(scene))/apply"
            let answer = try await server.connection.ask("POST", path, .object(body))
            if json { return print(answer.serialized) }
            let results = answer["results"]?.elements ?? []
            let failed = results.filter { $0["error"] != nil }
            for result in failed {
                Terminal.note("\(result["thing"]?.text ?? ""): \(ServerConnection.advice(result["error"])?.printable ?? "")")
            }
            print(say("cli.scenes.applied", ["count": "\(results.count - failed.count)"]))
            if !failed.isEmpty { throw ExitCode.failure }
        }
    }

    struct Capture: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.scenes.capture")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.scenes.name")))
        var name: String

        @Option(help: ArgumentHelp(say("cli.scenes.area"), valueName: "area"))
        var area: String?

        @Argument(help: ArgumentHelp(say("cli.scenes.things")))
        var things: [String] = []

        func run() async throws {
            var capture = JSON.Members()
            if let area { capture.append("area", .string(area)) }
            if !things.isEmpty { capture.append("things", .array(things.map { .string($0) })) }
            let answer = try await server.connection.ask("POST", "/lares/v1/scenes", ["name": .string(name), "capture": .object(capture)])
            print(say("cli.scenes.captured", ["scene": answer["id"]?.text ?? name]))
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "remove", abstract: say("cli.scenes.remove"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.scenes.scene")))
        var scene: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "/lares/v1/scenes/\(ServerConnection.part(scene))")
        }
    }
}
