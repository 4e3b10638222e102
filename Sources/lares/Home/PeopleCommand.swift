import ArgumentParser
import Foundation
import LaresAccess
import LaresJSON
import LaresServer

struct PeopleCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "people", abstract: say("cli.people.abstract"), subcommands: [All.self, Add.self, SetPIN.self, Forget.self],
            defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "list", abstract: say("cli.people.list")) }

        @OptionGroup var common: CommonOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let people = try common.people().list()
            if json { return print(JSON.array(people.map(\.json)).serialized) }
            for person in people {
                let pin = person.hasPIN ? say("cli.people.has-pin") : ""
                print("\(person.id)  \(person.name.printable)  \(person.role.rawValue)  \(person.language)  \(pin)")
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.people.add")) }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.people.name")))
        var name: String

        @Option(help: ArgumentHelp(say("cli.people.role")))
        var role = "resident"

        @Option(help: ArgumentHelp(say("cli.option.lang")))
        var language = "en"

        func run() async throws {
            let person = try common.people().add(name: name, role: try Role(named: role), language: language, by: .local)
            print(person.id)
        }
    }

    struct SetPIN: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "pin", abstract: say("cli.people.pin"), discussion: say("cli.people.pin.discussion"))
        }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.people.person")))
        var person: String

        @Flag(help: ArgumentHelp(say("cli.people.no-pin")))
        var none = false

        func run() async throws {
            let people = try common.people()
            let id = try people.id(of: person)
            guard !none else { return try people.setPIN(nil, of: id, by: .local) }
            // Not as an argument: those are seen by whoever lists the processes.
            guard let pin = readLine(strippingNewline: true), !pin.isEmpty else { throw Failure("cli.people.no-input", [:]) }
            try people.setPIN(pin, of: id, by: .local)
        }
    }

    struct Forget: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(commandName: "remove", abstract: say("cli.people.remove")) }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.people.person")))
        var person: String

        func run() async throws {
            let people = try common.people()
            try people.remove(people.id(of: person), by: .local)
        }
    }
}

struct PolicyCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "policy", abstract: say("cli.policy.abstract"), discussion: say("cli.policy.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp(say("cli.policy.set"), valueName: "file"), completion: .file(extensions: ["json"]))
    var set: String?

    func run() async throws {
        let policies = PolicyStore(try common.people())
        guard let set else { return print(try JSON(parsing: Array(policies.current().policy.text.utf8)).indented) }
        try policies.set(HomePolicy(parsing: String(decoding: try JSONFile.bytes(set), as: UTF8.self)), by: .local)
    }
}

extension CommonOptions {
    /// The people of the data directory.
    func people() throws -> People { People(try keys(), audit: try AuditLog(home: try folder())) }
}

extension People {
    /// The id of a person, by it or by their name.
    fileprivate func id(of text: String) throws -> String {
        try list().first { $0.id == text || $0.name == text }?.id ?? text
    }
}

extension Role {
    /// A role by its word.
    init(named word: String) throws {
        guard let role = Role(rawValue: word) else {
            throw Failure("cli.people.bad-role", ["role": word, "known": Role.allCases.map(\.rawValue).joined(separator: ", ")])
        }
        self = role
    }
}
