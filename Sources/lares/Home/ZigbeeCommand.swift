import ArgumentParser
import LaresJSON
import LaresServer

/// `lares zigbee`: the networks of Zigbee2MQTT.
struct ZigbeeCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "zigbee", abstract: say("cli.zigbee.abstract"), discussion: say("cli.zigbee.discussion"),
            subcommands: [All.self, PermitJoin.self, Rename.self, ZigbeeGroupsCommand.self], defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.zigbee.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let bridges = try await network.bridges()
            if json { return print((["bridges": .array(bridges)] as JSON).indented) }
            if bridges.isEmpty { return Terminal.note(say("cli.zigbee.none")) }
            for bridge in bridges {
                let isOpen = bridge["permits_joining"] == true
                print(say(isOpen ? "cli.zigbee.joining" : "cli.zigbee.closed", ["bridge": bridge["bridge"]?.text?.printable ?? ""]))
                var table = TextTable(["cli.column.name", "cli.column.address", "cli.column.kind"].map { say($0) })
                for device in bridge["devices"]?.elements ?? [] {
                    table.add(["name", "address", "kind"].map { device[$0]?.text?.printable ?? "" })
                }
                print(table.text)
            }
        }
    }

    struct PermitJoin: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "permit-join", abstract: say("cli.zigbee.permit"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Option(help: ArgumentHelp(say("cli.zigbee.seconds")))
        var seconds = 120

        func run() async throws { try await network.ask("permit_join", ["seconds": .int(seconds)]) }
    }

    struct Rename: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zigbee.rename")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.device")))
        var device: String

        @Argument(help: ArgumentHelp(say("cli.zigbee.name")))
        var name: String

        func run() async throws { try await network.ask("rename", ["device": .string(device), "name": .string(name)]) }
    }
}

/// `lares zigbee groups`.
struct ZigbeeGroupsCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "groups", abstract: say("cli.zigbee.groups"),
            subcommands: [All.self, Add.self, Rename.self, Forget.self, Include.self, Exclude.self], defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "list", abstract: say("cli.zigbee.groups.list"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let bridge = try await network.only(), groups = bridge["groups"]?.elements ?? []
            if json { return print((["groups": .array(groups)] as JSON).indented) }
            if groups.isEmpty { return Terminal.note(say("cli.zigbee.groups.none")) }
            let devices = bridge["devices"]?.elements ?? []
            func name(_ address: JSON) -> String {
                (devices.first { $0["address"] == address }?["name"]?.text ?? address.text ?? "").printable
            }
            var table = TextTable(["cli.column.group", "cli.column.id", "cli.column.members"].map { say($0) })
            for group in groups {
                let members = (group["members"]?.elements ?? []).map(name).joined(separator: ", ")
                table.add([group["name"]?.text?.printable ?? "", group["id"]?.serialized ?? "", members])
            }
            print(table.text)
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zigbee.groups.add")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.name")))
        var name: String

        func run() async throws { try await network.ask("add_group", ["name": .string(name)]) }
    }

    struct Rename: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zigbee.groups.rename")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.zigbee.name")))
        var name: String

        func run() async throws { try await network.ask("rename_group", ["group": .string(group), "name": .string(name)]) }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "remove", abstract: say("cli.zigbee.groups.remove"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.groups.group")))
        var group: String

        func run() async throws { try await network.ask("remove_group", ["group": .string(group)]) }
    }

    struct Include: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zigbee.groups.include")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.zigbee.devices")))
        var devices: [String]

        func run() async throws {
            for device in devices { try await network.ask("join_group", ["group": .string(group), "device": .string(device)]) }
        }
    }

    struct Exclude: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zigbee.groups.exclude")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var network: ZigbeeOptions

        @Argument(help: ArgumentHelp(say("cli.zigbee.groups.group")))
        var group: String

        @Argument(help: ArgumentHelp(say("cli.zigbee.devices")))
        var devices: [String]

        func run() async throws {
            for device in devices { try await network.ask("leave_group", ["group": .string(group), "device": .string(device)]) }
        }
    }
}

/// Which network is meant.
struct ZigbeeOptions: ParsableArguments {
    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp(say("cli.zigbee.bridge"), valueName: "topic"))
    var bridge: String?

    /// The networks there are, or the one that was named.
    func bridges() async throws -> [JSON] {
        let all = try await server.connection.ask("GET", "/lares/v1/zigbee")["bridges"]?.elements ?? []
        return all.filter { bridge == nil || $0["bridge"]?.text == bridge }
    }

    /// The one that was named, or the only one.
    func only() async throws -> JSON {
        let all = try await bridges()
        guard let first = all.first else { throw Failure("cli.zigbee.none") }
        guard all.count == 1 else {
            throw Failure("cli.zigbee.several", ["bridges": all.compactMap { $0["bridge"]?.text?.printable }.joined(separator: ", ")])
        }
        return first
    }

    /// Has it do something, and says that it did.
    func ask(_ deed: String, _ more: JSON.Members) async throws {
        var body: JSON.Members = ["do": .string(deed), "bridge": try await only()["bridge"] ?? .null]
        for (name, value) in more { body.append(name, value) }
        _ = try await server.connection.ask("POST", "/lares/v1/zigbee/requests", .object(body))
        print(say("cli.zigbee.done"))
    }
}
