import ArgumentParser
import LaresServer
import LaresThings
import Logging
import ServiceLifecycle
import UnixSignals

/// Pulls points from a NATS cluster into the telemetry, and acknowledges what is on the disk.
struct IngestCommand: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "ingest", abstract: say("cli.ingest.abstract"), discussion: say("cli.ingest.discussion"))
    }

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp(say("cli.ingest.nats"), valueName: "url"))
    var nats: [String]

    @Option(help: ArgumentHelp(say("cli.ingest.stream"), valueName: "name"))
    var stream: String

    @Option(help: ArgumentHelp(say("cli.ingest.consumer"), valueName: "name"))
    var consumer = "lares"

    @Option(help: ArgumentHelp(say("cli.ingest.filter"), valueName: "subject"))
    var filter: String?

    @Option(help: ArgumentHelp(say("cli.ingest.tenant-level"), valueName: "number"))
    var tenantLevel: Int?

    func run() async throws {
        let folder = try common.folder()
        var settings = NATSPullSettings(stream: stream, consumer: consumer)
        settings.filter = filter
        let source = try NATSSource(try nats.map { try NATSAddress(url: $0) }, settings) { Terminal.note($0) }
        let telemetry = try SQLiteTelemetry(home: folder)
        let ingest = try await Ingest(into: telemetry, home: folder)
        let level = tenantLevel
        let worker = IngestWorker(ingest, from: source, named: "nats:\(stream)") { topic in
            guard let level, level > 0 else { return "" }
            return topic.split(separator: "/").dropFirst(level - 1).first.map(String.init) ?? ""
        }
        let logger = Logger(label: "lares") { QuietLogHandler(label: $0, logLevel: .notice) }
        let configuration = ServiceGroupConfiguration(
            services: [Pulling(worker: worker)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            try? await telemetry.close()
            throw error
        }
        try await telemetry.close()
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
}
