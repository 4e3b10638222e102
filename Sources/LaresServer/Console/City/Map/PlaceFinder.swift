import Foundation
import LaresJSON
import LaresStandards

/// Finds what has a place, by NGSI-LD and SensorThings. A page that is live asks each second: an answer is good for ten.
actor PlaceFinder {
    private let city: CityServices
    private var known: (places: [PlacedThing], until: Date)?
    private static let period = 10.0

    init(_ city: CityServices) { self.city = city }

    /// What has a place, entities first; nothing that can't be read now.
    func places(now: Date = .now) async -> [PlacedThing] {
        if let known, now < known.until { return known.places }
        let places = entities() + (await sensorThings())
        known = (places, now + Self.period)
        return places
    }

    /// One of them with what it observed last.
    func place(_ id: String) async -> PlacedThing? {
        guard var place = await places().first(where: { $0.id == id }) else { return nil }
        guard id.hasPrefix("thing/"), let number = Int(id.dropFirst(6)) else { return place }
        let expand = "$expand=Observations($top=1;$orderby=phenomenonTime%20desc;$select=result)"
        let answer = await ask("Things(\(number))/Datastreams", "$top=12&$select=name,unitOfMeasurement&" + expand)
        place.take(answer?["value"])
        return place
    }

    private func entities() -> [PlacedThing] {
        guard let broker = city.entities else { return [] }
        var selection = NGSIEntitySelection()
        selection.attributes = [LDContext.core.expand(PlacedThing.placing.earth), LDContext.core.expand(PlacedThing.placing.network)]
        let found = try? broker.query(selection, limit: PlacedThing.most, offset: 0, counts: false, tenant: "")
        return found?.entities.compactMap { PlacedThing($0) } ?? []
    }

    private func sensorThings() async -> [PlacedThing] {
        let streams = "$expand=Datastreams($top=12;$select=name,unitOfMeasurement)"
        let things = "$expand=Things($top=20;$select=id,name,description,properties;\(streams))"
        let answer = await ask("Locations", "$top=\(PlacedThing.most)&$select=location&" + things)
        return (answer?["value"]?.elements ?? []).flatMap(PlacedThing.things)
    }

    private func ask(_ path: String, _ query: String) async -> JSON? {
        guard let service = city.observations else { return nil }
        return await service.answer(SensorThingsRequest("GET", path, query: query, root: "/sta/v1.1", mayWrite: false)).json
    }
}
