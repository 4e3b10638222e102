import Foundation
import LaresPlaces
import LaresServer
import LaresServing
import LaresStandards
import LaresStore
import LaresThings
import ServiceLifecycle

/// What serves a city as a service of `lares serve`: subscribers are told, alarms are raised, what is too old is forgotten.
struct CityService: Service {
    let services: CityServices
    /// Has junctions report themselves as things of the place.
    let reports: TrafficReports?

    /// - Parameter home: Where junctions are things; nil: nowhere.
    init(services: CityServices, home: Home?) {
        self.services = services
        reports = services.traffic.flatMap { traffic in home.map { home in TrafficReports(traffic) { try await home.say($0) } } }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // A service that ends takes the others with it, even one with nothing to do.
                group.addTask { while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) } }
                if let broker = services.entities {
                    group.addTask { await NGSIWebSender.with { await broker.run($0) } }
                    group.addTask { await prune(broker) }
                    if let ingest = services.ingest { group.addTask { await NGSITelemetryFeed(broker, to: ingest).run() } }
                }
                if let ingest = services.ingest { group.addTask { await IngestUpkeep(ingest).run() } }
                if let points = services.points { group.addTask { try? await points.run() } }
                if let observations = services.observations { group.addTask { await observations.run() } }
                if let exchange = services.exchange { group.addTask { await exchange.run() } }
                if let watching = services.watching { group.addTask { await watching.run() } }
                if let forecasting = services.forecasting { group.addTask { await forecasting.run() } }
                if let orders = services.orders { group.addTask { await orders.run() } }
                if let traffic = services.traffic { group.addTask { await traffic.run() } }
                if let devices = services.devices { group.addTask { await devices.run() } }
                if let zones = services.zones { group.addTask { await zones.run() } }
                if let reports { group.addTask { await reports.run() } }
                await group.waitForAll()
            }
        }
    }

    private func prune(_ broker: NGSIBroker) async {
        while !Task.isCancelled {
            try? await broker.prune()
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}

extension Serve {
    /// What serves a city: nothing without things, since only one program may have their histories and tell their subscribers.
    static func city(
        _ things: HomeServices?, _ orders: OrderDispatch?, _ place: @escaping @Sendable () -> Site, _ folder: LaresHome,
        _ reader: SettingsReader,
        _ registry: NetworkRegistry,
        _ jobs: TrainingJobs, _ address: String
    ) async throws -> CityServices {
        var city = CityServices()
        guard let things, let orders else { return city }
        let models = RegisteredModels(registry, jobs: jobs, services: things)
        let ingest = try await ingest(things, folder)
        city.ingest = ingest
        // Both connections may be lost and come again, and neither waits for the other.
        let source = try MQTTSource(things.settings(named: "points"), topics: [PointTopics.start + "/#"])
        city.points = IngestWorker(ingest, from: source, named: "mqtt") { PointTopics.tenant(of: $0) }
        city.entities = try entities(folder, reader)
        let observations = SensorThingsAPI(
            store: try SensorThingsStore(home: folder), ingest: ingest, home: things.home,
            position: place().position.map { ($0.latitude, $0.longitude) })
        city.observations = observations
        city.exchange = try SensorThingsExchange(observations, things.settings(named: "sensorthings"), root: address + "/sta/v1.1")
        city.watching = try Watching(
            home: things.home, store: AlarmStore(things.store), telemetry: things.telemetry, models: models,
            whereabouts: { observations.place(of: $0) })
        city.forecasting = try Forecasting(things.telemetry, models: models, store: ForecastStore(home: folder))
        city.forecastsOnRequest = ForecastsOnRequest(things.telemetry)
        city.dashboards = try DashboardStore(home: folder)
        city.devices = DeviceWatch(watching: city.watching, file: folder.file("devices.json")) { place().zone }
        things.home.tap(city.devices)
        let home = things.home
        let zones = ZoneCounting(file: folder.file("zones.json")) { try await home.say($0) }
        home.tapCameras { zones.hear($0) }
        city.zones = zones
        try control(&city, orders, models, folder, reader)
        return city
    }

    /// Orders, and the signals of a street. `traffic`: a folder of SUMO; without it, the one that was run before.
    private static func control(
        _ city: inout CityServices, _ orders: OrderDispatch, _ models: RegisteredModels, _ folder: LaresHome, _ reader: SettingsReader
    ) throws {
        let traffic = TrafficService(orders: orders, file: folder.file("traffic.json"), models: models)
        if let street = reader.string("traffic") {
            do { try traffic.open(URL(filePath: street).standardizedFileURL.path) } catch {
                throw Failure("cli.serve.bad-traffic", ["folder": street, "reason": "\(error)"])
            }
        }
        let incidents = TrafficIncidents(city.watching) { traffic.occurrences(limit: 100) }
        traffic.observe(incidents)
        (city.orders, city.traffic, city.trafficIncidents) = (orders, traffic, incidents)
    }

    /// What is sent in bulk goes where the home's own history is.
    private static func ingest(_ things: HomeServices, _ folder: LaresHome) async throws -> Ingest {
        let home = things.home
        return try await Ingest(into: things.telemetry, home: folder) { key in
            PropertyAddress("\(key.thing)/\(key.property)").flatMap { home.property($0)?.unit }
        }
    }

    /// Entities in `city.db`. `ngsi-contexts`: what addresses of contexts that may be fetched begin with.
    private static func entities(_ folder: LaresHome, _ reader: SettingsReader) throws -> NGSIBroker {
        var settings = NGSISettings()
        settings.allowedContexts = (reader.string("ngsi-contexts") ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
        return NGSIBroker(try NGSIStore(path: folder.file("city.db")), settings: settings, source: NGSIWebContexts())
    }
}
