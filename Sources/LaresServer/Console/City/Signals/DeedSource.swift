import LaresJSON

/// What the console asks of orders and of who has which actuator in hand, in the forms of the API.
protocol DeedSource: Sendable {
    /// `GET /lares/v1/orders`: newest first; nil: of every actuator.
    func orders(of actuator: String?, limit: Int) async -> [JSON]
    /// Those that a person gave, and those that weren't carried out, newest first.
    func notableOrders(limit: Int) async -> [JSON]
    /// `GET /lares/v1/handovers`: newest first.
    func handovers(limit: Int) async -> [JSON]
    /// `POST /lares/v1/orders`: a person orders something that holds for a minute; the order as it stands then.
    ///
    /// - Throws: Why that can't be, in a sentence.
    func order(_ actuator: String, _ value: JSON, by person: String) async throws -> JSON
}
