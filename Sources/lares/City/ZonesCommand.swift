import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer

/// `lares zones`: where what cameras see is counted.
struct ZonesCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "zones", abstract: say("cli.zones.abstract"), discussion: say("cli.zones.discussion"),
            subcommands: [All.self, Set.self, Remove.self], defaultSubcommand: All.self)
    }

    static let path = "/lares/v1/zones"

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.zones.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", ZonesCommand.path)
            if json { return print(answer.serialized) }
            var table = TextTable(
                ["zone", "camera", "shape", "classes", "interval", "least"].map { say("cli.zones.column.\($0)") }, numbers: [4, 5])
            for zone in answer["zones"]?.elements ?? [] { table.add(try ZonesCommand.row(zone)) }
            print(table.text)
        }
    }

    struct Set: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zones.set")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.zones.zone")))
        var zone: String

        @Option(help: ArgumentHelp(say("cli.zones.camera")))
        var camera: String

        @Option(help: ArgumentHelp(say("cli.zones.area"), valueName: "x,y x,y x,y"))
        var area: String?

        @Option(help: ArgumentHelp(say("cli.zones.line"), valueName: "x,y x,y"))
        var line: String?

        @Option(help: ArgumentHelp(say("cli.zones.classes")))
        var classes = ""

        @Option(help: ArgumentHelp(say("cli.zones.interval"), valueName: "seconds"))
        var interval = 900

        @Option(help: ArgumentHelp(say("cli.zones.least")))
        var least = 5

        func validate() throws {
            guard (area == nil) != (line == nil), ZonePlan.points(reading: area ?? line ?? "") != nil else {
                throw ValidationError(say("cli.zones.bad-points"))
            }
        }

        func run() async throws {
            var members: JSON.Members = ["id": .string(zone), "camera": .string(camera)]
            members.append(area == nil ? "line" : "area", ZonePlan.points(reading: area ?? line ?? "") ?? .null)
            let wanted = classes.split(separator: ",").map { JSON.string($0.trimmingCharacters(in: .whitespaces)) }
            members.append("classes", .array(wanted))
            members.append("interval", .int(interval))
            members.append("least", .int(least))
            let made = try await server.connection.ask("POST", ZonesCommand.path, .object(members))
            print(try ZonesCommand.row(made).joined(separator: "  "))
        }
    }

    struct Remove: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.zones.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.zones.zone")))
        var zone: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "\(ZonesCommand.path)/\(ServerConnection.part(zone))")
        }
    }

    /// A zone in the columns of the list.
    static func row(_ json: JSON) throws -> [String] {
        let zone = try ZonePlan(json)
        var kind = "area"
        if case .line = zone.shape { kind = "line" }
        let classes = zone.classes.sorted().map(\.printable).joined(separator: ",")
        return [
            zone.id, zone.camera.printable, "\(say("cli.zones.shape.\(kind)")) \(zone.pointsText)", classes.isEmpty ? "*" : classes,
            "\(zone.interval)\u{a0}s", "\(zone.least)",
        ]
    }
}

/// `lares devices`: how devices behave on the broker.
struct DevicesCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "devices", abstract: say("cli.devices.abstract"), discussion: say("cli.devices.discussion"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var server: ServerOptions

    @Flag(help: ArgumentHelp(say("cli.devices.odd")))
    var odd = false

    @Flag(help: ArgumentHelp(say("cli.option.json")))
    var json = false

    func run() async throws {
        let answer = try await server.connection.ask("GET", "/lares/v1/devices")
        let devices = (answer["devices"]?.elements ?? []).filter { !odd || $0["odd"]?.elements?.isEmpty == false }
        if json { return print(JSON.object(["devices": .array(devices)]).serialized) }
        var table = TextTable(["thing", "odd", "last", "messages"].map { say("cli.devices.column.\($0)") }, numbers: [3])
        for device in devices {
            let words = (device["odd"]?.elements ?? []).compactMap(\.text).map { say("cli.devices.odd.\($0)") }
            table.add([
                device["thing"]?.text?.printable ?? "", words.isEmpty ? say("cli.devices.usual") : words.joined(separator: ", "),
                ThingText.time(device["last_at"]), device["messages"]?.serialized ?? "",
            ])
        }
        print(table.text)
    }
}
