internal import LaresControl
public import LaresJSON
internal import Synchronization

/// How the district is shown.
extension TrafficService {
    /// The lanes, junctions and lights of the street as GeoJSON; nil: there is no street.
    public var network: JSON? {
        state.withLock { $0.source }.map { StreetGeoJSON($0.map, $0.rules).json(named: $0.name) }
    }

    /// The junctions with all that is known of them, by their names' order in the street.
    public var junctions: [JSON] {
        let (source, views, proofs) = state.withLock { ($0.source, $0.views, $0.proofs) }
        guard let source else { return [] }
        let positions = StreetGeoJSON(source.map, source.rules).positions
        return views.map { $0.json(at: positions[$0.plan.name], proofs[$0.plan.name] ?? .proving) }
    }

    /// One of them; nil: there is none of that name.
    public func junction(_ name: String) -> JSON? {
        let (source, view, proof) = state.withLock { state in
            (state.source, state.views.first { $0.plan.name == name }, state.proofs[name] ?? .proving)
        }
        guard let source, let view else { return nil }
        return view.json(at: StreetGeoJSON(source.map, source.rules.filter { $0.plan.name == name }).positions[name], proof)
    }

    /// What happened, the latest first.
    public func occurrences(limit: Int) -> [TrafficOccurrence] { Array(state.withLock(\.occurrences).prefix(max(0, limit))) }

    /// The lanes that are closed, and until when by the street's time.
    public var closures: [(lane: String, until: Double)] {
        state.withLock(\.closures).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What changes every second, in one value.
    public var live: JSON {
        let (status, views, occurrences) = state.withLock { ($0.status, $0.views, Array($0.occurrences.prefix(10))) }
        let lanes = views.flatMap { view in
            view.plan.approaches.indices.compactMap { place -> JSON? in
                let standing = place < view.demand.count ? view.demand[place].standing : 0
                let vehicles = place < view.vehicles.count ? view.vehicles[place] : 0
                guard standing > 0.05 || vehicles > 0.05 else { return nil }
                return ["lane": .string(view.plan.approaches[place].lane), "standing": .rounded(standing), "vehicles": .rounded(vehicles)]
            }
        }
        return [
            "state": .string(status.state.rawValue), "trouble": status.trouble.map { .string($0) } ?? .null,
            "time": status.time.map { .double($0) } ?? .null, "clock": .clock(status.time), "speed": .double(status.speed),
            "junctions": .array(views.map(\.live)), "lanes": .array(lanes), "events": .array(occurrences.map(\.json)),
            "closures": closuresJSON,
        ]
    }

    /// The lanes that are closed, and those on which a vehicle was made to stand, as the API shows them.
    public var closuresJSON: JSON {
        let breakdowns = state.withLock(\.breakdowns).sorted { $0.key < $1.key }
        func form(_ lane: String, _ until: Double, _ by: String) -> JSON {
            ["lane": .string(lane), "until": .double(until), "by": .string(by)]
        }
        return .array(closures.map { form($0.lane, $0.until, "signs") } + breakdowns.map { form($0.key, $0.value, "vehicle") })
    }

    /// How it stands, as the API shows it.
    public var statusJSON: JSON {
        let (status, views) = state.withLock { ($0.status, $0.views) }
        guard case .object(var members) = status.json else { return .null }
        members["junctions"] = .int(views.count)
        members["standing"] = .rounded(views.reduce(Float(0)) { $0 + $1.queue })
        return .object(members)
    }
}
