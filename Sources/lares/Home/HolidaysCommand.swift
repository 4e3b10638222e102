import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer

struct HolidaysCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "holidays", abstract: say("cli.holidays.abstract"), subcommands: [All.self, Add.self, Remove.self],
            defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.holidays.list")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let answer = try await server.connection.ask("GET", "/lares/v1/holidays")
            if json { return print(answer.serialized) }
            for calendar in answer["holidays"]?.elements ?? [] {
                let origin = calendar["built_in"] == true ? "  (\(say("cli.holidays.built-in")))" : ""
                print("\(calendar["name"]?.text?.printable ?? "")\(origin)")
                for day in calendar["next"]?.elements ?? [] {
                    print("  \(day["date"]?.text ?? "")  \(day["name"]?.text?.printable ?? "")")
                }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.holidays.add")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.holidays.name")))
        var name: String

        @Argument(help: ArgumentHelp(say("cli.holidays.file")), completion: .file(extensions: ["ics"]))
        var file: String

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else { throw Failure("cli.file.unreadable", ["file": file]) }
            let path = "/lares/v1/holidays/" + ServerConnection.part(name)
            let answer = try JSON(parsing: try await server.connection.send("PUT", path, Array(data), as: "text/calendar"))
            print(say("cli.holidays.added", ["name": name, "count": "\(answer["days"]?.whole ?? 0)"]))
        }
    }

    struct Remove: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.holidays.remove")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.holidays.name")))
        var name: String

        func run() async throws {
            _ = try await server.connection.ask("DELETE", "/lares/v1/holidays/\(ServerConnection.part(name))")
        }
    }
}
