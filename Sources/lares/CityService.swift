import Foundation
import LaresPlaces
import LaresServer
import LaresServing
import LaresStore
import LaresThings
import ServiceLifecycle

/// What serves a city as a service of `lares serve`: subscribers are told, alarms are raised, what is too old is forgotten.
struct CityService: Service {
    let services: CityServices

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // A service that ends takes the others with it, even one with nothing to do.
                group.addTask { while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) } }
                if let broker = services.entities {
                    group.addTask { await broker.run(NGSIWebSender()) }
                    group.addTask { await prune(broker) }
                }
                if let letters = services.ingest?.letters { group.addTask { await prune(letters) } }
                if let observations = services.observations { group.addTask { await observations.run() } }
                if let watching = services.watching { group.addTask { await watching.run() } }
                if let forecasting = services.forecasting { group.addTask { await forecasting.run() } }
                await group.waitForAll()
            }
        }
    }

    private func prune(_ letters: DeadLetters) async {
        while !Task.isCancelled {
            _ = try? await letters.prune(now: Timestamp(Date()))
            try? await Task.sleep(for: .seconds(3_600))
        }
    }

    private func prune(_ broker: NGSIBroker) async {
        while !Task.isCancelled {
            try? broker.prune()
            try? await Task.sleep(for: .seconds(3_600))
        }
    }
}

extension Serve {
    /// What serves a city: nothing without things, since only one program may have their histories and tell their subscribers.
    static func city(
        _ things: HomeServices?, _ site: Site, _ folder: LaresHome, _ reader: SettingsReader, _ registry: NetworkRegistry,
        _ jobs: TrainingJobs
    ) async throws -> CityServices {
        var city = CityServices()
        guard let things else { return city }
        let models = RegisteredModels(registry, jobs: jobs, services: things)
        city.ingest = try await ingest(things, folder)
        city.entities = try entities(folder, reader)
        city.observations = SensorThingsAPI(
            store: try SensorThingsStore(home: folder), telemetry: things.telemetry, home: things.home,
            position: site.position.map { ($0.latitude, $0.longitude) })
        city.watching = try Watching(
            home: things.home, store: AlarmStore(things.store), telemetry: things.telemetry, models: models)
        city.forecasting = Forecasting(things.telemetry, models: models, file: folder.file("forecasting.json"))
        city.forecastsOnRequest = ForecastsOnRequest(things.telemetry)
        city.dashboards = try DashboardStore(home: folder)
        return city
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
