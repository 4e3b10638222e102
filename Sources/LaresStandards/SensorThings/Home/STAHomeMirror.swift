import GRDB
import LaresJSON
import LaresThings

/// The things of the home as entities: a Thing for each, a Datastream for each property that has a history, a Sensor for the device, a
/// FeatureOfInterest for what it observes, an ObservedProperty for each quantity, and a Location for each area.
///
/// They are rows beside those that were told over SensorThings, so that everything that is asked of one is asked of all; `address` says what
/// of the home a row stands for.
struct STAHomeMirror: Sendable {
    let things: [Thing]
    let areas: [Area]
    /// Where the home is, for maps; nil: nobody said.
    let position: (latitude: Double, longitude: Double)?

    /// What changes when a row would.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(things)
        hasher.combine(areas)
        hasher.combine(position?.latitude)
        hasher.combine(position?.longitude)
        return hasher.finalize()
    }

    /// Makes the rows what the home is.
    func write(to database: Database) throws {
        let places = Dictionary(areas.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var kept: Set<String> = []
        for thing in things { try write(thing, thing.area.flatMap { places[$0] }, &kept, database) }
        for table in ["Thing", "Sensor", "FeatureOfInterest", "Datastream"] {
            let there = try String.fetchAll(database, sql: "SELECT address FROM \"\(table)\" WHERE address IS NOT NULL")
            for address in there where !kept.contains(address) {
                try database.execute(sql: "DELETE FROM \"\(table)\" WHERE address = ?", arguments: [address])
            }
        }
    }

    private func write(_ thing: Thing, _ area: Area?, _ kept: inout Set<String>, _ database: Database) throws {
        let name = thing.id.description
        kept.insert(name)
        let about: JSON = [
            "category": .string(thing.category.description), "area": area.map { .string($0.name) } ?? .null, "home": .string(name),
        ]
        let id = try put("Thing", name, name, ["name": thing.name, "description": thing.name, "properties": about.serialized], database)
        let model = [thing.details.manufacturer, thing.details.model].compactMap(\.self).joined(separator: " ")
        let sensor = try put(
            "Sensor", name, name,
            [
                "name": model.isEmpty ? thing.name : model, "description": thing.name, "encodingType": "text/plain",
                "metadata": JSON.string(model.isEmpty ? thing.origin : model).serialized,
            ], database)
        let place = JSON.object(["type": "Point", "coordinates": [.double(position?.longitude ?? 0), .double(position?.latitude ?? 0)]])
        let (encoding, value) = position == nil ? ("text/plain", JSON.string(area?.name ?? thing.name)) : ("application/geo+json", place)
        _ = try put(
            "FeatureOfInterest", name, name,
            ["name": area?.name ?? thing.name, "description": thing.name, "encodingType": encoding, "feature": value.serialized], database)
        if let area {
            let place = try put(
                "Location", "area:\(area.id)", "area:\(area.id)",
                ["name": area.name, "description": area.name, "encodingType": encoding, "location": value.serialized], database)
            try database.execute(sql: "DELETE FROM \"ThingLocation\" WHERE \"Thing\" = ? AND \"Location\" <> ?", arguments: [id, place])
            try database.execute(sql: "INSERT OR IGNORE INTO \"ThingLocation\" VALUES (?, ?)", arguments: [id, place])
        }
        if area == nil { try database.execute(sql: "DELETE FROM \"ThingLocation\" WHERE \"Thing\" = ?", arguments: [id]) }
        for property in thing.properties where property.isReported {
            try write(property, of: thing, id, sensor, &kept, database)
        }
    }

    private func write(
        _ property: Property, of thing: Thing, _ id: Int64, _ sensor: Int64, _ kept: inout Set<String>, _ database: Database
    ) throws {
        guard let type = property.observationType else { return }
        let quantity = property.quantity ?? property.base
        let observed = try put(
            "ObservedProperty", "quantity:\(quantity)", "quantity:\(quantity)",
            ["name": quantity, "definition": "urn:lares:quantity:\(quantity)", "description": quantity], database)
        let unit: JSON =
            property.unit.map {
                ["name": .string($0.description), "symbol": .string($0.description), "definition": .string("urn:lares:unit:\($0)")]
            }
            ?? ["name": .null, "symbol": .null, "definition": .null]
        let address = PropertyAddress(thing.id, property.name).description
        kept.insert(address)
        _ = try put(
            "Datastream", address, thing.id.description,
            [
                "name": "\(thing.name), \(property.label ?? property.name)", "description": address, "unitOfMeasurement": unit.serialized,
                "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/" + type,
            ], links: ["Thing": id, "Sensor": sensor, "ObservedProperty": observed], database)
    }

    /// The id of a row, which becomes what is said.
    private func put(
        _ table: String, _ address: String, _ origin: String, _ values: KeyValuePairs<String, String>,
        links: KeyValuePairs<String, Int64> = [:],
        _ database: Database
    ) throws -> Int64 {
        let names = values.map(\.key) + links.map(\.key)
        let columns = (names + ["origin", "address"]).map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = repeatElement("?", count: names.count + 2).joined(separator: ", ")
        let changes = names.map { "\"\($0)\" = excluded.\"\($0)\"" }.joined(separator: ", ")
        let sql = "INSERT INTO \"\(table)\" (\(columns)) VALUES (\(marks)) ON CONFLICT (address) DO UPDATE SET \(changes) RETURNING id"
        let arguments =
            values.map(\.value.databaseValue) + links.map(\.value.databaseValue) + [origin.databaseValue, address.databaseValue]
        return try Int64.fetchOne(try database.cachedStatement(sql: sql), arguments: StatementArguments(arguments)) ?? 0
    }
}

extension Property {
    /// What its observations are, by the last word of the name that OGC gives the type; nil: it has no history.
    fileprivate var observationType: String? {
        switch kind {
        case .boolean: "OM_TruthObservation"
        case .number: "OM_Measurement"
        case .choice, .text, .color: "OM_CategoryObservation"
        case .action: nil
        }
    }
}
