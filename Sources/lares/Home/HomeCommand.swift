import ArgumentParser
import Foundation
import LaresJSON
import LaresPlaces
import LaresServer

struct HomeCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "home", abstract: say("cli.home.abstract"), subcommands: [Export.self, Take.self])
    }

    struct Export: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.home.export")) }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        func run() async throws { print(try await server.connection.ask("GET", "/lares/v1/home/export").indented) }
    }

    struct Take: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "import", abstract: say("cli.home.import"), discussion: say("cli.home.import.discussion"))
        }

        @OptionGroup var common: CommonOptions
        @OptionGroup var server: ServerOptions

        @Argument(help: ArgumentHelp(say("cli.home.path")), completion: .file())
        var path: String

        @Flag(help: ArgumentHelp(say("cli.home.apply")))
        var apply = false

        @Flag(help: ArgumentHelp(say("cli.home.theirs")))
        var takeTheirs = false

        @Flag(help: ArgumentHelp(say("cli.home.rules")))
        var enableRules = false

        @Flag(help: ArgumentHelp(say("cli.set.pin")))
        var pin = false

        @Option(help: ArgumentHelp(say("cli.set.person")))
        var person: String?

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let policy: JSON = ["conflicts": takeTheirs ? "take_theirs" : "keep_mine", "enable_rules": .bool(enableRules)]
            var body: JSON.Members = ["home": try file(), "policy": policy, "apply": .bool(apply)]
            if pin, let digits = readLine(strippingNewline: true) { body.append("pin", .string(digits)) }
            if let person { body.append("person", .string(person)) }
            let answer = try await server.connection.ask("POST", "/lares/v1/home/import", .object(body))
            if json { return print(answer.indented) }
            show(answer)
            if !apply { Terminal.note(say("cli.home.only-plan")) }
        }

        /// A file that Lares wrote, or the folder of Home Assistant.
        private func file() throws -> JSON {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure("cli.file.unreadable", ["file": path])
            }
            guard !isFolder.boolValue else {
                let storage = try HomeAssistantStorage(folder: path)
                for remark in storage.remarks { Terminal.note("\(remark)".printable) }
                return storage.home.json
            }
            return try JSONFile.read(path, most: 32 << 20)
        }

        private func show(_ plan: JSON) {
            for section in plan["sections"]?.elements ?? [] {
                for item in section["items"]?.elements ?? [] {
                    let reason = item["reason"]?.text.map { ": " + $0.printable } ?? ""
                    print("\(section["name"]?.text ?? "")  \(item["kind"]?.text ?? "")  \(item["key"]?.text?.printable ?? "")\(reason)")
                }
            }
        }
    }
}
