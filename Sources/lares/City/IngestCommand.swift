import ArgumentParser
import Foundation
import LaresServer
import LaresStore
import LaresThings
import Logging
import ServiceLifecycle
import UnixSignals

/// `lares ingest`: workers that collect points, and the tenants and dead letters of their data directories.
struct IngestCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ingest", abstract: say("cli.ingest.abstract"), discussion: say("cli.ingest.discussion"),
            subcommands: [IngestWork.self, IngestTenants.self, IngestLetters.self, IngestReplay.self], defaultSubcommand: IngestWork.self)
    }
}

/// Pulls points from a NATS cluster or an MQTT broker into the telemetry, and acknowledges what is on the disk.
struct IngestWork: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "work", abstract: say("cli.ingest.work"), discussion: say("cli.ingest.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp(say("cli.ingest.nats"), valueName: "url"))
    var nats: [String] = []

    @Option(help: ArgumentHelp(say("cli.ingest.mqtt"), valueName: "url"))
    var mqtt: String?

    @Option(help: ArgumentHelp(say("cli.ingest.stream"), valueName: "name"))
    var stream: String?

    @Option(help: ArgumentHelp(say("cli.ingest.consumer"), valueName: "name"))
    var consumer = "lares"

    @Option(help: ArgumentHelp(say("cli.ingest.filter"), valueName: "subject"))
    var filter: String?

    @Option(help: ArgumentHelp(say("cli.ingest.topics"), valueName: "filter"))
    var topics: [String] = []

    @Option(help: ArgumentHelp(say("cli.ingest.tenant-level"), valueName: "number"))
    var tenantLevel: Int?

    @Option(help: ArgumentHelp(say("cli.ingest.telemetry"), valueName: "url"))
    var telemetry: String?

    func validate() throws {
        guard nats.isEmpty != (mqtt == nil) else { throw ValidationError(say("cli.ingest.one-source")) }
        guard tenantLevel.map({ $0 > 0 }) ?? true else { throw ValidationError(say("cli.ingest.bad-level")) }
        let isOfMQTT = stream == nil
        guard mqtt == nil || (stream == nil && filter == nil) else { throw ValidationError(say("cli.ingest.nats-only")) }
        guard nats.isEmpty || (isOfMQTT ? filter == nil && topics.count < 2 : topics.isEmpty) else {
            throw ValidationError(say("cli.ingest.topics-or-filter"))
        }
    }

    func run() async throws {
        let folder = try common.folder()
        let (source, name) = try source(folder)
        let store = try await store(folder)
        let ingest = try await Ingest(into: store, home: folder)
        let level = tenantLevel
        let worker = IngestWorker(ingest, from: source, named: name) { topic in
            guard let level else { return PointTopics.tenant(of: topic) }
            return topic.split(separator: "/").dropFirst(level - 1).first.map(String.init) ?? ""
        }
        let logger = Logger(label: "lares") { QuietLogHandler(label: $0, logLevel: .notice) }
        let configuration = ServiceGroupConfiguration(
            services: [Pulling(worker: worker), Upkeep(upkeep: IngestUpkeep(ingest))], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
    }

    private func source(_ folder: LaresHome) throws -> (any IngestSource, String) {
        if let mqtt {
            let settings = MQTTSettings(address: try BrokerAddress(url: mqtt), clientID: try Self.name(in: folder))
            let filters = topics.isEmpty ? [PointTopics.start + "/#"] : topics
            return (try MQTTSource(settings, topics: filters, group: consumer) { Terminal.note($0) }, "mqtt")
        }
        var settings: NATSPullSettings
        if let stream {
            settings = NATSPullSettings(stream: stream, consumer: consumer)
            settings.filter = filter
        } else {
            settings = .ofMQTT(consumer: consumer, filter: topics.first)
        }
        // A server makes a part on the disk of every insertion, and takes few large ones at less cost than many small ones.
        if telemetry != nil { settings.gathering = .milliseconds(200) }
        return (try NATSSource(try nats.map { try NATSAddress(url: $0) }, settings) { Terminal.note($0) }, "nats:\(stream ?? "mqtt")")
    }

    private func store(_ folder: LaresHome) async throws -> any TelemetryStore {
        guard let telemetry else { return try SQLiteTelemetry(home: folder) }
        var limits = TelemetryLimits()
        limits.series = 1_000_000
        return try await ClickHouseTelemetry(ClickHouseAddress(url: telemetry), limits: limits)
    }

    /// The lasting name of this worker at brokers.
    private static func name(in folder: LaresHome) throws -> String {
        let path = folder.file("ingest.name")
        if let known = try? String(contentsOfFile: path, encoding: .utf8), !known.isEmpty { return known }
        let made = "lares-ingest-" + String(UInt64.random(in: .min ... .max), radix: 16)
        try made.write(toFile: path, atomically: true, encoding: .utf8)
        return made
    }

    /// The worker as a service: what it has in hand when it is told to stop is delivered again.
    private struct Pulling: Service {
        let worker: IngestWorker

        func run() async throws {
            do {
                try await cancelWhenGracefulShutdown { try await worker.run() }
            } catch is CancellationError {
                return
            }
        }
    }

    private struct Upkeep: Service {
        let upkeep: IngestUpkeep

        func run() async { await cancelWhenGracefulShutdown { await upkeep.run() } }
    }
}
