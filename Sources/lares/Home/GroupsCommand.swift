import ArgumentParser
import LaresJSON
import LaresServer

/// `lares groups`: things that are set together. A group is set like any other thing: `lares set groups/downstairs on=false`.
struct GroupsCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "groups", abstract: say("cli.groups.abstract"), discussion: say("cli.groups.discussion"),
            subcommands: [All.self, Add.self, Rename.self, Include.self, Exclude.self, Forget.self], defaultSubcommand: All.self)
    }

    private static let path = "/lares/v1/groups"

    /// The group of a name or an id, with or without "groups/".
    private static func find(_ name: String, _ connection: ServerConnection) async throws -> JSON {
        let groups = try await connection.ask("GET", path)["groups"]?.elements ?? []
        let found = groups.first { [name, "groups/" + name].contains($0["id"]?.text ?? "") } ?? groups.first { $0["name"]?.text == name }
        guard let found else { throw Failure("cli.groups.unknown", ["group": name]) }
        return found
    }

    private static func save(_ id: JSON?, _ name: String, _ members: [String], _ connection: ServerConnection) async throws {
        var body: JSON.Members = ["name": .string(name), "members": .array(members.map { .string($0) })]
        if let id { body["id"] = id }
        let answer = try await connection.ask("POST", path, .object(body))
        print(say("cli.groups.saved", ["group": answer["id"]?.text ?? name, "count": "\(answer["members"]?.elements?.count ?? 0)"]))
    }

    private static func members(_ group: JSON) -> [String] { (group["members"]?.elements ?? []).compactMap(\.text) }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.groups.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", GroupsCommand.path)
            if json { return print(answer.serialized) }
            let groups = answer["groups"]?.elements ?? []
            if groups.isEmpty { return Terminal.note(say("cli.groups.none")) }
            var table = TextTable(["cli.column.group", "cli.column.name", "cli.column.members"].map { say($0) })
            for group in groups {
                table.add([
                    group["id"]?.text ?? "", group["name"]?.text?.printable ?? "", GroupsCommand.members(group).joined(separator: ", "),
                ])
            }
            print(table.text)
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.groups.add")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.scenes.name")))
        var name: String

        @Argument(help: ArgumentHelp(say("cli.scenes.things")))
        var things: [String]

        func run() async throws { try await GroupsCommand.save(nil, name, things, server.connection) }
    }

    struct Rename: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.groups.rename")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.scenes.name")))
        var name: String

        func run() async throws {
            let connection = server.connection, found = try await GroupsCommand.find(group, connection)
            try await GroupsCommand.save(found["id"], name, GroupsCommand.members(found), connection)
        }
    }

    struct Include: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.groups.include")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.scenes.things")))
        var things: [String]

        func run() async throws {
            let connection = server.connection, found = try await GroupsCommand.find(group, connection)
            let before = GroupsCommand.members(found)
            let added = things.reduce(into: [String]()) { if !before.contains($1), !$0.contains($1) { $0.append($1) } }
            try await GroupsCommand.save(found["id"], found["name"]?.text ?? group, before + added, connection)
        }
    }

    struct Exclude: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.groups.exclude")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.scenes.things")))
        var things: [String]

        func run() async throws {
            let connection = server.connection, found = try await GroupsCommand.find(group, connection)
            let left = GroupsCommand.members(found).filter { !things.contains($0) }
            try await GroupsCommand.save(found["id"], found["name"]?.text ?? group, left, connection)
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "remove", abstract: say("cli.groups.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.groups.group")))
        var group: String

        func run() async throws {
            let connection = server.connection, found = try await GroupsCommand.find(group, connection)
            let id = (found["id"]?.text ?? group).replacing("groups/", with: "", maxReplacements: 1)
            _ = try await connection.ask("DELETE", GroupsCommand.path + "/" + ServerConnection.part(id))
        }
    }
}
