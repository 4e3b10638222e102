import Foundation
public import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
public import LaresAccess
public import LaresPlaces
public import LaresServing
public import LaresThings
public import Logging
import NIOCore
import NIOSSL

/// The HTTP side of Lares: the OpenAI API, Lares' own, the console, and what watchers of a process ask.
///
///     let server = LaresServer(client: serving, settings: settings, keys: keys, store: store, metrics: metrics, logger: logger)
///     let application = try server.application { port in print("http://127.0.0.1:\(port)") }
///     ServiceGroup(services: [serving, application, server.drain()], …)
public struct LaresServer: Sendable {
    /// The version of Lares.
    public static let version = "0.1.0"

    let client: any ModelClient
    let settings: ServerSettings
    let keys: KeyStore?
    let store: ModelStore?
    let networks: NetworkServing?
    let audit: AuditLog?
    let jobs: TrainingJobs?
    let home: HomeServices?
    let automations: Automations?
    let sensing: Sensing?
    let times: Timekeeper?
    let energy: EnergyServices?
    let city: CityServices
    /// People with roles and PINs, and the policy; nil where there are no keys or no audit log.
    let people: People?
    let guardian: HomeGuard?
    let metrics: MetricsRegistry
    let logger: Logger
    let activity = Activity()
    let bodyBudget: BodyBudget

    /// - Parameters:
    ///   - client: The models.
    ///   - settings: Where and how to listen.
    ///   - keys: The keys callers may show; nil where there are none to check.
    ///   - store: Where models are added and removed; nil leaves that out.
    ///   - networks: The trained networks; nil leaves them out.
    ///   - audit: Where it is written who made, revoked, added and removed what.
    ///   - jobs: The trainings; nil leaves them out.
    ///   - home: The home; nil leaves it out.
    ///   - automations: Its rules; nil leaves them out.
    ///   - sensing: What follows from what its things report; nil leaves it out.
    ///   - times: Its timers and what waits; nil leaves them out.
    ///   - energy: What acts on its energy, and asks and answers for flexibility; nil leaves it out.
    ///   - city: What serves a district or a city.
    ///   - metrics: What `/metrics` shows.
    ///   - logger: Where requests and faults are written.
    public init(
        client: any ModelClient, settings: ServerSettings = ServerSettings(), keys: KeyStore? = nil, store: ModelStore? = nil,
        networks: NetworkServing? = nil, audit: AuditLog? = nil, jobs: TrainingJobs? = nil, home: HomeServices? = nil,
        automations: Automations? = nil, sensing: Sensing? = nil, times: Timekeeper? = nil, energy: EnergyServices? = nil,
        city: CityServices = CityServices(),
        metrics: MetricsRegistry = MetricsRegistry(),
        logger: Logger
    ) {
        self.client = client
        self.settings = settings
        self.keys = keys
        self.store = store
        self.networks = networks
        self.audit = audit
        self.jobs = jobs
        self.home = home
        self.automations = automations
        self.sensing = sensing
        self.times = times
        self.energy = energy
        self.city = city
        let people = keys.flatMap { keys in audit.map { People(keys, audit: $0) } }
        self.people = people
        guardian = keys.flatMap { keys in people.map { HomeGuard(keys, $0) } }
        bodyBudget = BodyBudget(limit: settings.bodyBudget)
        self.metrics = metrics
        self.logger = logger
    }

    /// Lets running answers finish, and ends those that are still running at the limit; put it last in the service group.
    public func drain(endAnswers: @escaping @Sendable () -> Void = {}) -> Drain {
        Drain(activity, limit: settings.drainLimit, endAnswers: endAnswers)
    }

    /// The server as a service, ready to run.
    ///
    /// - Parameter onListening: Called with the port once connections are accepted.
    /// - Throws: ``ServerError`` when the certificate or key can't be read, ``ConsoleError`` when the console's files are missing.
    public func application(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> some ApplicationProtocol {
        let connections = FileLimit.makeRoom(forConnections: settings.maximumConnections)
        if connections < settings.maximumConnections {
            logger.notice(
                "the system allows fewer open files than connections were asked for: raise its limit (ulimit -Hn)",
                metadata: ["connections": "\(connections)", "asked": "\(settings.maximumConnections)"])
        }
        return Application(
            responder: try router().buildResponder(), server: try channels(),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1_024,
                availableConnectionsDelegate: .maximum(connections, logger: logger)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? settings.port) }, logger: logger)
    }

    /// Everything that is served, with its middleware.
    package func router() throws -> Router<LaresContext> {
        let routes = routes
        let router = Router(context: LaresContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: RequestMiddleware(routes: routes, metrics: RequestMetrics(factory: metrics)))
        router.add(middleware: OriginMiddleware(policy: originPolicy))
        router.add(middleware: LanguageMiddleware())
        router.add(middleware: KeyMiddleware(keys: keys, needsKey: settings.needsKey, isSecure: settings.tls != nil))
        router.add(middleware: PoolMiddleware(brief: routes.brief))
        routes.add(to: router)
        try console().addRoutes(to: router)
        return router
    }

    private var originPolicy: OriginPolicy {
        OriginPolicy(address: settings.host, names: settings.hostNames, isSecure: settings.tls != nil)
    }

    private func console() throws -> Console {
        let isShared: Bool =
            if case .allowed(needsKey: false, _) = ListeningPolicy(hasKeys: true, hasTLS: true, allowsInsecure: true)
                .decision(address: settings.host)
            { false } else { true }
        let pages = ConsoleSettings(
            place: settings.place, version: Self.version, isSecure: settings.tls != nil, isShared: isShared, asksForKey: settings.needsKey,
            uploadLimit: settings.uploadLimit)
        return try Console(
            client: client, settings: pages, store: store, keys: keys, networks: networks, jobs: jobs, home: home, automations: automations,
            sensing: sensing, times: times, energy: energy, people: people, guardian: guardian, audit: audit, city: city)
    }

    /// The addresses of the API.
    package var routes: RouteTable {
        let limits = BodyLimits(each: settings.bodyLimit, budget: bodyBudget)
        let models = ModelRoutes(client: client)
        let generation = GenerationRoutes(client: client, activity: activity, limits: limits, answerLimit: settings.answerLimit)
        let embedding = EmbeddingRoutes(client: client, activity: activity, limits: limits)
        let health = HealthRoutes(client: client, activity: activity, version: Self.version)
        let metrics = MetricsRoute(client: client, activity: activity, registry: metrics)
        let admin = AdminRoutes(client: client, store: store, keys: keys, audit: audit, version: Self.version, bodyBudget: bodyBudget)
        let v2 = V2Routes(
            networks: networks, client: client, activity: activity, limits: limits, name: settings.v2Name, version: Self.version,
            automations: automations)
        let registry = RegistryRoutes(networks: networks, audit: audit, bodyBudget: bodyBudget, city: city)
        return RouteTable(
            routes: [
                APIRoute(method: .get, path: "/v1/models", handler: models.list),
                APIRoute(method: .get, path: "/v1/models/{model}", handler: models.show),
                APIRoute(method: .post, path: "/v1/chat/completions", handler: generation.chat),
                APIRoute(method: .post, path: "/v1/completions", handler: generation.completions),
                APIRoute(method: .post, path: "/v1/embeddings", handler: embedding.embeddings),
                APIRoute(method: .post, path: "/v1/rerank", handler: embedding.rerank),
                APIRoute(method: .get, path: "/health", handler: health.health, isBrief: true),
                APIRoute(method: .get, path: "/ready", handler: health.ready, isBrief: true),
                APIRoute(method: .get, path: "/metrics", handler: metrics.metrics),
                APIRoute(method: .get, path: "/openapi.json", handler: DescriptionRoute().description),
            ] + admin.routes + AuditRoutes(audit: audit).routes + registry.routes + WordVectorRoutes(networks: networks).routes + v2.routes
                + trainingRoutes(limits) + homeRoutes(limits) + cityRoutes(limits))
    }

    private func cityRoutes(_ limits: BodyLimits) -> [APIRoute] {
        streetRoutes(limits) + IngestRoutes(ingest: city.ingest, audit: audit, limits: limits).routes
            + InfluxRoutes(ingest: city.ingest).routes
            + DeadLetterRoutes(ingest: city.ingest, audit: audit, limits: limits).routes
            + NGSIRoutes(
                broker: city.entities, services: home, guardian: guardian, audit: audit, limits: limits, forecasting: city.forecasting
            ).routes
            + SensorThingsRoutes(
                service: city.observations, services: home, guardian: guardian, limits: limits, isSecure: settings.tls != nil
            ).routes
            + AlarmRoutes(
                watching: city.watching, services: home, ingest: city.ingest, guardian: guardian, audit: audit, limits: limits
            ).routes
            + WatchRoutes(watching: city.watching, audit: audit, limits: limits).routes
            + ForecastRoutes(
                forecasting: city.forecasting, onRequest: city.forecastsOnRequest, services: home, ingest: city.ingest,
                guardian: guardian
            ).routes
            + SeriesRoutes(services: home, ingest: city.ingest, guardian: guardian).routes
            + DashboardRoutes(
                store: city.dashboards, watching: city.watching, services: home, ingest: city.ingest, guardian: guardian, audit: audit,
                limits: limits
            ).routes
    }

    private func streetRoutes(_ limits: BodyLimits) -> [APIRoute] {
        OrderRoutes(
            orders: city.orders, energy: energy, services: home, guardian: guardian, audit: audit, limits: limits
        ).routes
            + TrafficRoutes(traffic: city.traffic, incidents: city.trafficIncidents, audit: audit, limits: limits).routes
            + SafetyRoutes(
                zones: city.zones, devices: city.devices, services: home, guardian: guardian, audit: audit, limits: limits
            ).routes
    }

    private func homeRoutes(_ limits: BodyLimits) -> [APIRoute] {
        HomeRoutes(services: home, guardian: guardian, audit: audit, limits: limits).routes
            + BrokerRoutes(services: home, audit: audit, limits: limits).routes
            + FloorRoutes(services: home, audit: audit, limits: limits).routes
            + CollectionRoutes(services: home, automations: automations, guardian: guardian, audit: audit, limits: limits).routes
            + ConfirmationRoutes(services: home, guardian: guardian, audit: audit, limits: limits).routes
            + PeopleRoutes(people: people, guardian: guardian, limits: limits).routes
            + NotificationRoutes(automations: automations, audit: audit, limits: limits).routes
            + EnergyRoutes(services: home, automations: automations, guardian: guardian, audit: audit, limits: limits).routes
            + controlRoutes(limits)
            + MovingRoutes(
                services: home, automations: automations, times: times, sensing: sensing, guardian: guardian, audit: audit,
                limits: BodyLimits(each: 2 * settings.bodyLimit, budget: bodyBudget)
            ).routes
            + ZigbeeRoutes(services: home, audit: audit, limits: limits).routes
            + HistoryRoutes(
                services: home, tables: HistoryData(services: home, automations: automations), ingest: city.ingest, guardian: guardian,
                limits: limits
            ).routes
            + RetentionRoutes(services: home, audit: audit, limits: limits).routes
            + TimeRoutes(services: home, times: times, guardian: guardian, audit: audit, limits: limits).routes
            + RuleRoutes(automations: automations, services: home, guardian: guardian, audit: audit, limits: limits).routes
            + HolidayRoutes(automations: automations, services: home, audit: audit, limits: limits).routes
    }

    private func controlRoutes(_ limits: BodyLimits) -> [APIRoute] {
        EnergyControlRoutes(
            energy: energy, services: home, automations: automations, guardian: guardian, audit: audit, limits: limits
        ).routes + FlexibilityRoutes(energy: energy, audit: audit, limits: limits).routes
    }

    private func trainingRoutes(_ limits: BodyLimits) -> [APIRoute] {
        let history = HistoryData(services: home, automations: automations)
        return JobRoutes(jobs: jobs, history: history, audit: audit, limits: limits).routes
            + DataRoutes(jobs: jobs, history: history, audit: audit, limit: settings.uploadLimit).routes
    }
}
