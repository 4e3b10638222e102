public import LaresPlaces
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
    /// What will be.
    public var forecasting: Forecasting?
    /// What people put together to look at.
    public var dashboards: DashboardStore?

    /// Nothing is served.
    public init() {}
}
