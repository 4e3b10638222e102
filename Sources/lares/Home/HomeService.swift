import ArgumentParser
import LaresThings
import ServiceLifecycle

/// The home as a service of `lares serve`.
struct HomeService: Service {
    let services: HomeServices

    func run() async throws { await cancelWhenGracefulShutdown { await services.run() } }
}

/// What `lares serve` is told of the home.
struct HomeOptions: ParsableArguments {
    @Flag(help: ArgumentHelp(say("cli.serve.no-home")))
    var noHome = false

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-url"), valueName: "url"))
    var mqttUrl: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-host"), valueName: "address"))
    var mqttHost: String?

    @Option(help: ArgumentHelp(say("cli.serve.mqtt-port"), valueName: "port"))
    var mqttPort: String?

    /// As settings.
    var flags: [(String, String?)] {
        [("no-home", noHome ? "true" : nil), ("mqtt-url", mqttUrl), ("mqtt-host", mqttHost), ("mqtt-port", mqttPort)]
    }
}
