import ArgumentParser
import LaresPlaces
import LaresThings
import Logging
import ServiceLifecycle

/// The home as a service of `lares serve`.
struct HomeService: Service {
    let services: HomeServices
    let automations: Automations
    let outbox: Outbox?
    let sensing: Sensing?
    let times: Timekeeper?
    let energy: EnergyServices?
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await services.run() }
                group.addTask { await automations.run() }
                if let outbox { group.addTask { await outbox.run() } }
                if let times { group.addTask { await times.run() } }
                if let energy { group.addTask { await energy.run() } }
                if let sensing { group.addTask { await sensing.run() } }
                group.addTask { await watch() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Says once what keeps the home from working.
    private func watch() async {
        var told: String?
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            let trouble =
                services.broker?.status.reason ?? services.home.status.reason ?? services.home.guardTrouble
                ?? services.telemetry.trouble?.message
                ?? outbox?.trouble
            if let trouble, trouble != told { logger.warning("the home has trouble", metadata: ["reason": "\(trouble)"]) }
            told = trouble
        }
    }
}

/// What `lares serve` is told of the home.
struct HomeOptions: ParsableArguments {
    @Flag(help: ArgumentHelp(say("cli.serve.no-home")))
    var noHome = false

    @Option(help: ArgumentHelp(say("cli.serve.position"), valueName: "latitude,longitude"))
    var position: String?

    @Option(help: ArgumentHelp(say("cli.serve.zone"), valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-url"), valueName: "url"))
    var mqttUrl: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-ca"), valueName: "file"), completion: .file())
    var mqttCa: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-host"), valueName: "address"))
    var mqttHost: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-port"), valueName: "port"))
    var mqttPort: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-tls-port"), valueName: "port"))
    var mqttTlsPort: String?

    @Option(help: ArgumentHelp(say("cli.serve.discovery-prefix"), valueName: "topic"))
    var discoveryPrefix: String?

    @Option(help: ArgumentHelp(say("cli.serve.telemetry"), valueName: "url"))
    var telemetry: String?

    @Option(help: ArgumentHelp(say("cli.serve.traffic"), valueName: "folder"), completion: .directory)
    var traffic: String?

    /// As settings.
    var flags: [(String, String?)] {
        [
            ("no-home", noHome ? "true" : nil), ("mqtt-url", mqttUrl), ("mqtt-ca", mqttCa), ("mqtt-host", mqttHost),
            ("mqtt-port", mqttPort),
            ("mqtt-tls-port", mqttTlsPort), ("discovery-prefix", discoveryPrefix), ("telemetry", telemetry),
            ("position", position), ("zone", zone), ("traffic", traffic),
        ]
    }
}
