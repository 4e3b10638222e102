import Foundation
import LaresControl
import LaresJSON
import LaresPlaces

/// The streets that this server runs.
struct RunningStreets: StreetSource {
    let traffic: TrafficService

    func status() async -> JSON { traffic.statusJSON }

    func network() async -> JSON? { try? await offTheThreads { traffic.network } }

    func networkTag() async -> String { "\(traffic.folder ?? "") \(traffic.status.name ?? "") \(traffic.rules.count)" }

    func junctions() async -> [JSON] { traffic.junctions }

    func junction(_ name: String) async -> JSON? { traffic.junction(name) }

    func events(limit: Int) async -> [JSON] { traffic.occurrences(limit: limit).map(\.json) }

    func closedLanes() async -> [String] { traffic.closures.map(\.lane) }

    func takeOver(_ junction: String, by person: String, because reason: String) async throws {
        _ = try await offTheThreads { try traffic.takeOver(junction, by: person, reason: reason.isEmpty ? nil : reason) }
    }

    func handBack(_ junction: String, by person: String, because reason: String) async throws {
        _ = try await offTheThreads { try traffic.handBack(junction, by: person, reason: reason.isEmpty ? nil : reason) }
    }

    func trust(_ junction: String, _ stage: Stage) async throws { try await offTheThreads { try traffic.trust(junction, stage) } }
}

/// Orders and hand-overs as this server keeps them; what can't be read now is left out.
struct KeptDeeds: DeedSource {
    let dispatch: OrderDispatch

    private var book: OrderBook { dispatch.book }

    func orders(of actuator: String?, limit: Int) async -> [JSON] {
        var filter = OrderFilter()
        if let actuator {
            guard let id = ActuatorID(actuator) else { return [] }
            filter.actuator = id
        }
        return (try? await offTheThreads { [filter] in try book.orders(filter, limit: limit).map(\.json) }) ?? []
    }

    func notableOrders(limit: Int) async -> [JSON] {
        var filter = OrderFilter()
        filter.isNotable = true
        return (try? await offTheThreads { [filter] in try book.orders(filter, limit: limit).map(\.json) }) ?? []
    }

    func handovers(limit: Int) async -> [JSON] {
        (try? await offTheThreads { try book.handovers(limit: limit, before: .max).map(\.json) }) ?? []
    }

    func order(_ actuator: String, _ value: JSON, by person: String) async throws -> JSON {
        guard let id = ActuatorID(actuator) else { throw OrderError(.unknown, "there is no actuator '\(actuator)'") }
        let request = OrderRequest(
            id: "console-\(UUID().uuidString)", actuator: id, value: value, issuer: .person(person), expiresAt: .now.addingTimeInterval(60))
        return try await dispatch.carryOut(request).json
    }
}

extension CityServices {
    /// What the console asks of streets; nil: none can be run here.
    var streets: (any StreetSource)? { traffic.map { RunningStreets(traffic: $0) } }

    /// What the console asks of orders; nil: none are kept.
    var deeds: (any DeedSource)? { orders.map { KeptDeeds(dispatch: $0) } }
}
