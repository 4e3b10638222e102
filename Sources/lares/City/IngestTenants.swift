import ArgumentParser
import LaresJSON
import LaresServer
import LaresThings

/// `lares ingest tenants`: whose points a worker takes, in its data directory, whether it runs or not.
struct IngestTenants: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tenants", abstract: say("cli.ingest.tenants.abstract"), discussion: say("cli.ingest.tenants.discussion"),
            subcommands: [All.self, Add.self, Remove.self], defaultSubcommand: All.self)
    }

    struct All: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "list", abstract: say("cli.ingest.tenants.list"), aliases: ["ls"])
        }

        @OptionGroup var common: CommonOptions

        @Flag(help: ArgumentHelp(say("cli.option.json")))
        var json = false

        func run() async throws {
            let tenants = try await IngestStore(home: common.folder()).tenants()
            if json { return print(JSON.array(tenants.map(\.json)).serialized) }
            guard !tenants.isEmpty else { return Terminal.note(say("cli.ingest.tenants.none")) }
            var table = TextTable(
                ["tenant", "series", "points", "bytes"].map { say("cli.ingest.column.\($0)") }, numbers: [1, 2, 3])
            for tenant in tenants {
                let quota = tenant.quota
                table.add([
                    tenant.shownName, "\(quota.series)", quota.pointsPerSecond.map { "\($0)" } ?? "–",
                    quota.bytesPerSecond.map { "\($0)" } ?? "–",
                ])
            }
            print(table.text)
        }
    }

    struct Add: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.ingest.tenants.add"), aliases: ["set"]) }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.ingest.tenants.name")))
        var name: String

        @Option(help: ArgumentHelp(say("cli.ingest.tenants.series")))
        var series: Int?

        @Option(help: ArgumentHelp(say("cli.ingest.tenants.points")))
        var pointsPerSecond: Int?

        @Option(help: ArgumentHelp(say("cli.ingest.tenants.bytes")))
        var bytesPerSecond: Int?

        func validate() throws {
            guard [series, pointsPerSecond, bytesPerSecond].allSatisfy({ $0.map { $0 >= 0 } ?? true }) else {
                throw ValidationError(say("cli.ingest.tenants.bad-quota"))
            }
        }

        func run() async throws {
            var quota = Tenant.Quota()
            if let series { quota.series = series }
            (quota.pointsPerSecond, quota.bytesPerSecond) = (pointsPerSecond, bytesPerSecond)
            guard var tenant = Tenant(shownName: name, quota: quota) else {
                throw Failure("cli.ingest.tenants.bad-name", ["name": name.printable])
            }
            let store = try IngestStore(home: common.folder())
            tenant.keys = try await store.tenants().first { $0.name == tenant.name }?.keys ?? []
            try await store.put(tenant, atMost: IngestSettings().tenants)
            print(say("cli.ingest.tenants.added", ["name": tenant.shownName]))
        }
    }

    struct Remove: AsyncParsableCommand {
        static var configuration: CommandConfiguration { CommandConfiguration(abstract: say("cli.ingest.tenants.remove"), aliases: ["rm"]) }

        @OptionGroup var common: CommonOptions

        @Argument(help: ArgumentHelp(say("cli.ingest.tenants.name")))
        var name: String

        func run() async throws {
            let isOwn = name == "own"
            guard try await IngestStore(home: common.folder()).removeTenant(isOwn ? "" : name) else {
                throw Failure("cli.ingest.tenants.unknown", ["name": name.printable])
            }
            print(say(isOwn ? "cli.ingest.tenants.freed" : "cli.ingest.tenants.removed", ["name": name]))
        }
    }
}

extension Tenant {
    /// Its name as people see it: this Lares itself is "own".
    var shownName: String { name.isEmpty ? "own" : name }

    init?(shownName name: String, quota: Quota) { self.init(name == "own" ? "" : name, quota: quota) }
}
