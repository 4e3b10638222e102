package import LaresJSON
import LaresStandards
import LaresThings

/// Something that somebody said the place of, by NGSI-LD or SensorThings.
package struct PlacedThing: Sendable {
    /// "entity/urn:…" or "thing/12".
    let id: String
    let name: String
    /// What it is, in its own words.
    let kind: String
    /// Degrees east and north; or metres, where it is in a network that has no place on Earth.
    let x: Double, y: Double
    /// Whether they are metres.
    let isLocal: Bool
    /// What is known of it, at most twelve.
    var facts: [(name: String, value: String)] = []
    /// The thing of the home that it stands for.
    var thing: ThingID?
    /// The area that it says it is in.
    var area: AreaID?
    /// Whether it measures power or energy.
    var isEnergy = false
    /// Its line or area in GeoJSON; nil: it is a point.
    var shape: JSON?

    var href: String { "/city?at=place/" + id.pathEscaped }

    /// How many are shown of each kind.
    static let most = 400
}

extension PlacedThing {
    /// The names of what says where an entity is: GeoJSON, and metres east and north in the network that runs.
    static let placing = (earth: "location", network: "localPosition")

    /// An entity with a place; nil: it has none.
    init?(_ entity: NGSIEntity) {
        let value = { (name: String) in entity.attributes[LDContext.core.expand(name)]?.first?.value }
        let location = value(Self.placing.earth), earth = location.flatMap(Self.middle)
        guard let middle = earth ?? value(Self.placing.network).flatMap(Self.point) else { return nil }
        let text = { (name: String) in entity.attributes[LDContext.core.expand(name)]?.first?.value?.text }
        let kind = entity.types.map { LDContext.core.compact($0).split { "/#".contains($0) }.last.map(String.init) ?? $0 }
        self.init(
            id: "entity/" + entity.id, name: text("name") ?? text("title") ?? String(entity.id.split(separator: ":").last ?? ""),
            kind: kind.joined(separator: ", "), x: middle.x, y: middle.y, isLocal: earth == nil)
        thing = text("thing").flatMap { ThingID($0) }
        area = text("area").flatMap { AreaID($0) }
        if earth != nil, location?["type"] != "Point" { shape = location }
        for group in entity.attributes.groups {
            guard let one = group.instances.first, one.kind == .property, let value = one.value else { continue }
            isEnergy = isEnergy || one.unitCode.map(Self.energyUnits.contains) ?? false
            let name = LDContext.core.compact(group.name).split { "/#".contains($0) }.last.map(String.init) ?? group.name
            guard facts.count < 12, !["name", "thing", "area"].contains(name), let said = Self.said(value) else { continue }
            facts.append((name, one.unitCode.map { "\(said) \(Self.symbols[$0] ?? $0)" } ?? said))
        }
    }

    /// The things of SensorThings that are at a location; none where that isn't on Earth.
    static func things(at location: JSON) -> [PlacedThing] {
        guard let middle = location["location"].flatMap(middle) else { return [] }
        return (location["Things"]?.elements ?? []).compactMap { json in
            // Things of the home all lie where the home does: the home's own mark stands for them.
            guard let id = json["@iot.id"]?.number.flatMap({ Int(exactly: $0) }), json["properties"]?["home"] == nil else { return nil }
            var one = PlacedThing(
                id: "thing/\(id)", name: json["name"]?.text ?? "", kind: json["description"]?.text ?? "", x: middle.x, y: middle.y,
                isLocal: false)
            one.take(json["Datastreams"])
            return one
        }
    }

    /// Takes in what streams of SensorThings tell: what they measure in, and what they observed last.
    mutating func take(_ streams: JSON?) {
        for stream in streams?.elements ?? [] {
            let unit = stream["unitOfMeasurement"]?["symbol"]?.text ?? ""
            isEnergy = isEnergy || ["W", "kW", "MW", "Wh", "kWh", "MWh"].contains(unit)
            let last = stream["Observations"]?.elements?.first?["result"]
            guard facts.count < 12, let said = last.flatMap(Self.said) else { continue }
            facts.append((stream["name"]?.text ?? "", unit.isEmpty ? said : "\(said) \(unit)"))
        }
    }

    private init(id: String, name: String, kind: String, x: Double, y: Double, isLocal: Bool) {
        (self.id, self.name, self.kind, self.x, self.y, self.isLocal) = (id, name, kind, x, y, isLocal)
    }

    /// A text or a number as it was told; nil for anything else.
    private static func said(_ json: JSON) -> String? { json.text ?? (json.number == nil ? nil : json.serialized) }

    /// Two numbers of metres.
    private static func point(_ json: JSON) -> (x: Double, y: Double)? {
        let numbers = json.elements?.compactMap(\.number).filter { abs($0) < 1e7 } ?? []
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
    }

    /// Units of power and energy by UN/CEFACT Recommendation 20.
    private static let energyUnits: Set<String> = ["WTT", "KWT", "MAW", "WHR", "KWH", "MWH", "D46", "KVA"]
    private static let symbols = [
        "WTT": "W", "KWT": "kW", "MAW": "MW", "WHR": "Wh", "KWH": "kWh", "MWH": "MWh", "P1": "%", "CEL": "°C", "GQ": "µg/m³", "VLT": "V",
        "AMP": "A", "KMH": "km/h", "MTS": "m/s", "LUX": "lx",
    ]

    /// The middle of the box around a GeoJSON geometry (RFC 7946); nil where it is none or lies outside of the Earth.
    package static func middle(of geometry: JSON) -> (x: Double, y: Double)? {
        let geometry = geometry["type"] == "Feature" ? geometry["geometry"] ?? geometry : geometry
        guard let coordinates = geometry["coordinates"] else { return nil }
        var box: (west: Double, south: Double, east: Double, north: Double)?
        var waiting = [coordinates], seen = 0
        while let next = waiting.popLast(), seen < 10_000 {
            seen += 1
            guard let elements = next.elements else { continue }
            guard elements.count >= 2, let x = elements[0].number, let y = elements[1].number else {
                waiting += elements.prefix(5_000)
                continue
            }
            guard abs(x) <= 180, abs(y) <= 90 else { return nil }
            box = box.map { (min($0.west, x), min($0.south, y), max($0.east, x), max($0.north, y)) } ?? (x, y, x, y)
        }
        return box.map { (($0.west + $0.east) / 2, ($0.south + $0.north) / 2) }
    }
}
