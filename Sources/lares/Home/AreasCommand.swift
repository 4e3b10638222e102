import ArgumentParser
import LaresJSON
import LaresServer

/// `lares areas` and `lares floors`: where things are, and what people call it.
struct AreasCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "areas", abstract: say("cli.areas.abstract"), subcommands: [All.self, Name.self, SetAll.self, Forget.self],
            defaultSubcommand: All.self)
    }

    fileprivate static let path = "/lares/v1/areas"

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.areas.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", AreasCommand.path)
            if json { return print(answer.serialized) }
            let areas = answer["areas"]?.elements ?? []
            if areas.isEmpty { return Terminal.note(say("cli.areas.none")) }
            let floors = try await server.connection.ask("GET", FloorsCommand.path)["floors"]?.elements ?? []
            var table = TextTable(["cli.column.area", "cli.column.name", "cli.column.floor"].map { say($0) })
            for area in areas {
                let level = area["level"]?.whole
                let floor = level.map { level in floors.first { $0["level"]?.number == Double(level) }.map(NamedPlace.name) ?? "\(level)" }
                table.add([area["id"]?.text ?? "", NamedPlace.name(area), floor ?? "–"])
            }
            print(table.text)
        }
    }

    struct Name: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(abstract: say("cli.areas.name"), discussion: say("cli.areas.name.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var names: NameOptions

        @Option(help: ArgumentHelp(say("cli.areas.id")))
        var id: String?

        @Option(help: ArgumentHelp(say("cli.areas.floor"), valueName: "number"))
        var floor: Int?

        func run() async throws {
            let areas = try await server.connection.ask("GET", AreasCommand.path)["areas"]?.elements ?? []
            let known = areas.first { $0["id"]?.text == id }
            var members = try names.members(over: known)
            if let id { members["id"] = .string(id) }
            if let floor { members["level"] = .int(floor) }
            let answer = try await server.connection.ask("POST", AreasCommand.path, .object(members))
            print(say("cli.areas.saved", ["area": answer["id"]?.text ?? names.name]))
        }
    }

    struct SetAll: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "set", abstract: say("cli.areas.set")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.areas.area")))
        var area: String

        @Argument(help: ArgumentHelp(say("cli.set.values"), valueName: "property=value"))
        var values: [String]

        @Option(help: ArgumentHelp(say("cli.things.category")))
        var category: String?

        @Flag(name: .shortAndLong, help: ArgumentHelp(say("cli.set.confirm")))
        var confirm = false

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func validate() throws {
            guard !values.isEmpty, values.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else {
                throw ValidationError(say("cli.set.bad-values"))
            }
        }

        func run() async throws {
            var set = JSON.Members()
            for pair in values {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                set[String(parts[0])] = .string(String(parts[1]))
            }
            var body: JSON.Members = ["set": .object(set)]
            if let category { body["category"] = .string(category) }
            if confirm { body["confirm"] = true }
            let path = "\(AreasCommand.path)/\(ServerConnection.part(area))/things"
            let answer = try await server.connection.ask("POST", path, .object(body))
            if json { return print(answer.serialized) }
            let results = answer["results"]?.elements ?? [], failed = results.filter { $0["error"] != nil }
            for result in failed {
                Terminal.note("\(result["thing"]?.text ?? ""): \(ServerConnection.advice(result["error"])?.printable ?? "")")
            }
            print(say("cli.scenes.applied", ["count": "\(results.count - failed.count)"]))
            if !failed.isEmpty { throw ExitCode.failure }
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "remove", abstract: say("cli.areas.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.areas.area")))
        var area: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "\(AreasCommand.path)/\(ServerConnection.part(area))")
        }
    }
}

struct FloorsCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "floors", abstract: say("cli.floors.abstract"), subcommands: [All.self, Name.self, Forget.self],
            defaultSubcommand: All.self)
    }

    fileprivate static let path = "/lares/v1/floors"

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.floors.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", FloorsCommand.path)
            if json { return print(answer.serialized) }
            let floors = answer["floors"]?.elements ?? []
            if floors.isEmpty { return Terminal.note(say("cli.floors.none")) }
            for floor in floors { print("\(floor["level"]?.serialized ?? "")  \(NamedPlace.name(floor))") }
        }
    }

    struct Name: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.floors.name")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.floors.level")))
        var level: Int

        @OptionGroup var names: NameOptions

        func run() async throws {
            let floors = try await server.connection.ask("GET", FloorsCommand.path)["floors"]?.elements ?? []
            var members = try names.members(over: floors.first { $0["level"]?.number == Double(level) })
            members["level"] = .int(level)
            _ = try await server.connection.ask("POST", FloorsCommand.path, .object(members))
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "remove", abstract: say("cli.floors.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.floors.level")))
        var level: Int

        func run() async throws { _ = try await server.connection.ask("DELETE", "\(FloorsCommand.path)/\(level)") }
    }
}

/// What people call a room or a floor.
struct NameOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(say("cli.scenes.name")))
    var name: String

    @Option(name: .customLong("in"), help: ArgumentHelp(say("cli.names.in"), valueName: "language=name"))
    var others: [String] = []

    @Option(help: ArgumentHelp(say("cli.names.alias")))
    var alias: [String] = []

    /// What was known, with what is said now over it.
    func members(over known: JSON?) throws -> JSON.Members {
        var members = JSON.Members()
        if case .object(let before)? = known { members = before }
        members["name"] = .string(name)
        var names = JSON.Members()
        if case .object(let before)? = members["names"] { names = before }
        for other in others {
            let parts = other.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw ValidationError(say("cli.names.bad", ["text": other])) }
            names[String(parts[0])] = .string(String(parts[1]))
        }
        if names.count > 0 { members["names"] = .object(names) }
        if !alias.isEmpty { members["aliases"] = .array(alias.map { .string($0) }) }
        return members
    }
}

/// Rooms and floors in words for a terminal.
enum NamedPlace {
    /// What it is called in the reader's language.
    static func name(_ place: JSON) -> String {
        (place["names"]?[words.language.rawValue]?.text ?? place["name"]?.text ?? "").printable
    }
}
