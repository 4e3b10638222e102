import LaresJSON
public import LaresPlaces
import LaresServing
public import LaresThings

/// What serves a district or a city; what is nil isn't served.
public struct CityServices: Sendable {
    /// Points in bulk.
    public var ingest: Ingest?
    /// Entities, by NGSI-LD.
    public var entities: NGSIBroker?
    /// Things and observations, by OGC SensorThings.
    public var observations: SensorThingsAPI?
    /// What is odd in what things report.
    public var watching: Watching?
    /// What will be, by forecasters of the registry.
    public var forecasting: Forecasting?
    /// What will be, learnt when it is asked for.
    public var forecastsOnRequest: ForecastsOnRequest?
    /// What people put together to look at.
    public var dashboards: DashboardStore?

    /// Nothing is served.
    public init() {}

    /// How the versions of a forecaster or detector do as they are served; null where nothing serves them.
    func standing(of model: RegisteredModel) async -> JSON {
        switch model.kind {
        case .network, .words, .translator: nil
        case .forecaster: await forecasting?.standing(of: model.name) ?? nil
        case .detector: await watching?.standing(of: model.name) ?? nil
        }
    }
}
