import ArgumentParser
import Configuration
import Foundation
import LaresAccess
import LaresPlaces
import LaresServer
import LaresServing
import LaresStore
import LaresThings
import Logging
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(abstract: say("cli.serve.abstract"), discussion: say("cli.serve.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp(say("cli.serve.host"), valueName: "address"))
    var host: String?

    @Option(name: .shortAndLong, help: ArgumentHelp(say("cli.serve.port")))
    var port: String?

    @Option(help: ArgumentHelp(say("cli.serve.tls-certificate"), valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(help: ArgumentHelp(say("cli.serve.tls-key"), valueName: "file"), completion: .file())
    var tlsKey: String?

    @Flag(name: [.customLong("insecure-listen"), .customLong("allow-insecure")], help: ArgumentHelp(say("cli.serve.insecure-listen")))
    var insecureListen = false

    @Flag(help: ArgumentHelp(say("cli.serve.require-key")))
    var requireKey = false

    @Option(help: ArgumentHelp(say("cli.serve.allow-host"), valueName: "name"))
    var allowHost: [String] = []

    @Option(help: ArgumentHelp(say("cli.serve.models"), valueName: "name,…"))
    var models: String?

    @Option(help: ArgumentHelp(say("cli.serve.memory"), valueName: "size"))
    var memory: String?

    @Option(help: ArgumentHelp(say("cli.option.threads")))
    var threads: String?

    @Flag(help: ArgumentHelp(say("cli.option.exact-head")))
    var exactHead = false

    @Flag(help: ArgumentHelp(say("cli.serve.no-speculation")))
    var noSpeculation = false

    @Option(help: ArgumentHelp(say("cli.serve.keep-prefixes"), valueName: "size"))
    var keepPrefixes: String?

    @Option(help: ArgumentHelp(say("cli.serve.context"), valueName: "tokens"))
    var context: String?

    @Option(help: ArgumentHelp(say("cli.serve.queue")))
    var queue: String?

    @Option(help: ArgumentHelp(say("cli.serve.connections")))
    var connections: String?

    @Option(help: ArgumentHelp(say("cli.serve.drain-seconds"), valueName: "seconds"))
    var drainSeconds: String?

    @Option(help: ArgumentHelp(say("cli.serve.place"), valueName: "name"))
    var place: String?

    @Option(help: ArgumentHelp(say("cli.serve.v2-name"), valueName: "name"))
    var v2Name: String?

    @OptionGroup var home: HomeOptions

    @Option(help: ArgumentHelp(say("cli.serve.config"), valueName: "file"), completion: .file(extensions: ["json"]))
    var config: String?

    @Option(help: ArgumentHelp(say("cli.serve.log-level"), valueName: "level"))
    var logLevel: String?

    func run() async throws {
        let folder = try common.folder()
        let keys = try KeyStore(home: folder)
        let reader = try SettingsReader(flags: flags, file: configurationFile(folder.path))
        let settings = try ServeSettings(reader, hasKeys: keys.hasUsableKeys())
        let logger = try Self.logger(reader.string("log-level")), store = try Self.store(folder, logger)
        let metrics = MetricsRegistry()
        metrics.install()
        if let warning = settings.warning { Terminal.note(say("cli.serve.warning", ["warning": warning])) }
        let serving = Serving(store: store, settings: settings.serving, logger: logger)
        for name in settings.serving.preload { _ = try store.find(name) }
        let jobs = try TrainingJobs(home: folder, logger: logger, publish: serving.publishing)
        let things = try await Self.things(settings, folder)
        let audit = try AuditLog(home: folder)
        let site = try settings.site(knowing: try things?.store.site() ?? SiteSettings(), in: folder)
        let outbox = try things.map { Outbox($0.store, site: site, sender: NetworkSender(folder: try folder.directory("outbox"))) }
        let automations = try things.map {
            try Self.automations($0, site, HolidayFolder(try folder.directory("holidays")), outbox, audit, keys, serving) {
                try settings.site(knowing: $0, in: folder)
            }
        }
        let sensing = try things.map { try Sensing(home: $0.home, store: SenseStore($0.store), telemetry: $0.telemetry) }
        let times = try Self.times(things, automations, keys, audit)
        let orders = try things.map { _ in OrderDispatch(try OrderBook(home: folder)) }
        let energy = try await Self.energy(things, automations, folder, HomeGuard(keys, People(keys, audit: audit)), audit, orders)
        let city = try await Self.city(
            things, orders, { automations?.site ?? site }, folder, reader, serving.networks.registry, jobs, settings.server.address())
        let server = LaresServer(
            client: serving, settings: settings.server, keys: keys, store: store, networks: serving.networks,
            audit: audit, jobs: jobs, home: things, automations: automations, sensing: sensing, times: times, energy: energy,
            city: city, metrics: metrics, logger: logger)
        let home = things.flatMap { things in
            automations.map {
                HomeService(
                    services: things, automations: $0, outbox: outbox, sensing: sensing, times: times, energy: energy, logger: logger)
            }
        }
        try await Self.run(server, serving, jobs, home, city, settings.server, logger)
    }

    /// The models, without what calls that were killed left.
    private static func store(_ folder: LaresHome, _ logger: Logger) throws -> ModelStore {
        let store = try ModelStore(home: folder)
        do {
            let freed = try store.sweep()
            if freed > 0 { logger.info("files that nothing needs removed", metadata: ["bytes": "\(freed)"]) }
        } catch {
            logger.warning("files that nothing needs can't be removed", metadata: ["error": "\(error)"])
        }
        return store
    }

    /// The rules of a home; what they have things do is written down.
    private static func automations(
        _ things: HomeServices, _ site: Site, _ holidays: HolidayFolder, _ outbox: Outbox?, _ audit: AuditLog, _ keys: KeyStore,
        _ serving: Serving,
        _ locate: @escaping Automations.Locate
    ) throws
        -> Automations
    {
        let models = ModelAsking(client: serving, networks: serving.networks)
        let guardian = HomeGuard(keys, People(keys, audit: audit))
        return try Automations(
            home: things.home, store: RuleStore(things.store), site: site, locate: locate, ask: models.ask,
            scenes: Scenes(home: things.home, store: things.store), holidays: holidays, outbox: outbox,
            permit: RuleGuard(home: things.home, guardian: guardian, audit: audit).permit)
    }

    /// Timers, commands that wait, and the presence simulation.
    private static func times(
        _ things: HomeServices?, _ automations: Automations?, _ keys: KeyStore, _ audit: AuditLog
    ) throws -> Timekeeper? {
        guard let things, let automations else { return nil }
        let guardian = HomeGuard(keys, People(keys, audit: audit))
        return try Timekeeper(
            home: things.home, store: things.store, telemetry: things.telemetry, automations: automations,
            permit: DelayedGuard(home: things.home, guardian: guardian, audit: audit).permit)
    }

    private static func run(
        _ server: LaresServer, _ serving: Serving, _ jobs: TrainingJobs, _ things: HomeService?, _ city: CityServices,
        _ settings: ServerSettings, _ logger: Logger
    ) async throws {
        let announcement = Announcement(client: serving)
        let application = try server.application { port in announcement.open(settings.address(port: port)) }
        let home: [any Service] = things.map { [$0] } ?? []
        let services: [any Service] =
            [
                Lasting(body: SmallHeap()), Lasting(body: serving), Lasting(body: jobs),
                CityService(services: city, home: things?.services.home), application,
                announcement,
                server.drain { serving.stop() },
            ] + home
        // Named by their types: the usual name is all that a service holds, printed, which took a twentieth of the time to get ready.
        let named = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, serviceName: "\(type(of: $0))")
        }
        var configuration = ServiceGroupConfiguration(services: named, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.drainLimit + .seconds(10)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            throw Self.startFailure(error, settings)
        }
    }

    /// Where the system does not let us listen is the fault people meet; the rest speaks for itself.
    private static func startFailure(_ error: any Error, _ settings: ServerSettings) -> any Error {
        guard let fault = ListeningFault(error) else { return error }
        return Failure("cli.serve.\(fault.rawValue)", ["port": "\(settings.port)", "host": settings.host])
    }

    /// The home; nil when there is to be none, or no broker for it: models are served all the same.
    private static func things(
        _ settings: ServeSettings, _ folder: LaresHome
    ) async throws -> HomeServices? {
        guard let broker = settings.broker else { return nil }
        do {
            return try await HomeServices(in: folder, broker: broker, history: settings.history, discovery: settings.discovery)
        } catch let error as ThingsError where error.code == .broker {
            Terminal.note(say("cli.serve.homeless", ["reason": error.message]))
            return nil
        }
    }

    private var flags: [String: ConfigValue] {
        let given: [(String, String?)] =
            [
                ("host", host), ("port", port), ("tls-certificate", tlsCertificate), ("tls-key", tlsKey),
                ("insecure-listen", insecureListen ? "true" : nil), ("require-key", requireKey ? "true" : nil),
                ("allow-host", allowHost.isEmpty ? nil : allowHost.joined(separator: ",")), ("models", models), ("memory", memory),
                ("threads", threads), ("exact-head", exactHead ? "true" : nil), ("no-speculation", noSpeculation ? "true" : nil),
                ("keep-prefixes", keepPrefixes), ("context", context), ("queue", queue), ("connections", connections),
                ("drain-seconds", drainSeconds), ("place", place), ("v2-name", v2Name), ("log-level", logLevel),
            ] + home.flags
        return Dictionary(
            uniqueKeysWithValues: given.compactMap { key, value in
                value.map { (key, ConfigValue(.string($0), isSecret: false)) }
            })
    }

    private func configurationFile(_ home: String) -> String? {
        if let config { return config }
        if let named = ProcessInfo.processInfo.environment["LARES_CONFIG"], !named.isEmpty { return named }
        let usual = home + "/lares.json"
        return FileManager.default.fileExists(atPath: usual) ? usual : nil
    }

    private static func logger(_ level: String?) throws -> Logger {
        guard let level = level.map({ Logger.Level(rawValue: $0) }) ?? .notice else { throw Failure("cli.serve.bad-level") }
        LoggingSystem.bootstrap { QuietLogHandler(label: $0, logLevel: level) }
        return Logger(label: "lares")
    }
}
