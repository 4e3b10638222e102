import LaresJSON
public import LaresPlaces
import LaresServing
public import LaresStandards
public import LaresThings

/// What serves a district or a city; what is nil isn't served.
public struct CityServices: Sendable {
    /// Points in bulk.
    public var ingest: Ingest?
    /// Entities, by NGSI-LD.
    public var entities: NGSIBroker?
    /// Points that are published at the broker.
    public var points: IngestWorker?
    /// Things and observations, by OGC SensorThings.
    public var observations: SensorThingsAPI?
    /// Observations that are published at the broker.
    public var exchange: SensorThingsExchange?
    /// What is odd in what things report.
    public var watching: Watching?
    /// What will be, by forecasters of the registry.
    public var forecasting: Forecasting?
    /// What will be, learnt when it is asked for.
    public var forecastsOnRequest: ForecastsOnRequest?
    /// What people put together to look at.
    public var dashboards: DashboardStore?
    /// Orders to actuators.
    public var orders: OrderDispatch?
    /// Signals of streets.
    public var traffic: TrafficService?
    /// Where traffic can't pass.
    public var trafficIncidents: TrafficIncidents?
    /// What devices usually do, and which of them do something else.
    public var devices: DeviceWatch?
    /// Counts of what cameras see in zones.
    public var zones: ZoneCounting?

    /// Nothing is served.
    public init() {}

    /// How the versions of a forecaster or detector do as they are served; null where nothing serves them.
    func standing(of model: RegisteredModel) async -> JSON {
        switch model.kind {
        case .network, .words, .translator, .signals: .null
        case .forecaster: await forecasting?.standing(of: model.name) ?? .null
        case .detector: await watching?.standing(of: model.name) ?? .null
        }
    }
}
