import GRDB
import LaresJSON

/// One request that changes something, inside a transaction.
struct STAWork {
    let database: Database
    let now: Int64
    let readings: STAHomeReadings?
    let request: SensorThingsRequest

    private var reader: STAReader {
        STAReader(database: database, sight: STASight(hidden: request.hidden), root: request.root, now: now, home: readings)
    }

    /// - Throws: ``SensorThingsError``; nothing of the transaction is kept then.
    func carryOut(_ writer: inout STAWriter) throws -> SensorThingsResponse {
        if request.method == "POST", request.path == "CreateObservations" { return try createObservations(&writer) }
        let path = try STAPath(request.path)
        guard path.ending == .plain else { throw SensorThingsError(405, "'\(path.ending.rawValue)' can only be read") }
        switch (request.method, try reader.follow(path)) {
        case ("POST", .set(let kind, let scope, _)): return try create(kind, scope, &writer)
        case ("PATCH", .entity(let entity)), ("PUT", .entity(let entity)): return try change(entity, &writer)
        case ("DELETE", .entity(let entity)):
            try writer.delete(entity.kind, entity.id)
            return SensorThingsResponse(200)
        default:
            throw SensorThingsError(
                405, "\(request.method) is not allowed here: entities are created in sets, changed and deleted one by one")
        }
    }

    private func body() throws -> JSON {
        guard let json = request.json else { throw SensorThingsError.bad("the request needs a body") }
        return json
    }

    private func create(_ kind: STAKind, _ scope: STAScope, _ writer: inout STAWriter) throws -> SensorThingsResponse {
        let json = try body()
        let id: Int64
        if case .linked(let owner, let ownerID, let relation) = scope {
            id = try create(kind, json, in: (owner, ownerID, relation), &writer)
        } else {
            id = try writer.create(kind, json)
        }
        let link = reader.selfLink(kind, id)
        if request.isMinimal { return SensorThingsResponse(201, ["Location": link]) }
        // What follows from all that was created belongs to the answer.
        try writer.finish()
        guard let entity = try reader.entity(kind, id) else { return SensorThingsResponse(201, ["Location": link]) }
        var reader = reader
        return SensorThingsResponse(try reader.json(entity, STAOptions()), status: 201, ["Location": link])
    }

    /// Creates what stands behind a link, or links what is there.
    private func create(_ kind: STAKind, _ json: JSON, in owner: (STAKind, Int64, STARelation), _ writer: inout STAWriter) throws -> Int64 {
        let ownerID = try writer.linkable(owner.0, owner.1, at: owner.0.set)
        let known = try STABody.reference(json, at: kind.single).map { try writer.linkable(kind, $0, at: kind.single) }
        switch owner.2.form {
        case .many(let column):
            guard let known else { return try writer.create(kind, json, given: [column: ownerID]) }
            try writer.relink(kind, known, column, ownerID)
            return known
        case .pairs:
            guard owner.0 != .multiDatastream else {
                throw SensorThingsError.bad("which properties a MultiDatastream observes is said where it is made, in their order")
            }
            let id = try known ?? writer.create(kind, json)
            try writer.pair(owner.0, ownerID, owner.2, [id])
            return id
        case .one: throw SensorThingsError(405, "a link to one is changed by PATCH")
        }
    }

    private func change(_ entity: STAEntity, _ writer: inout STAWriter) throws -> SensorThingsResponse {
        if request.method == "PATCH", request.contentType == "application/json-patch+json" {
            var members = JSON.Members()
            for (property, value) in zip(entity.kind.properties, entity.values) where value != .null {
                members.append(property.name, value)
            }
            let patched = try JSONPatch(try body()).applied(to: .object(members))
            try writer.change(entity.kind, entity.id, patched, isWhole: true)
        } else {
            try writer.change(entity.kind, entity.id, try body(), isWhole: request.method == "PUT")
        }
        var reader = reader
        guard let changed = try reader.entity(entity.kind, entity.id) else { return SensorThingsResponse(200) }
        return SensorThingsResponse(try reader.json(changed, STAOptions()))
    }
}

// Many observations at once (OGC 18-088, §13.2).
extension STAWork {
    /// `[{"Datastream": {"@iot.id": 1}, "components": ["phenomenonTime", "result"], "dataArray": [[…], …]}]`: the answer has a link for each
    /// that was created, and why for each that wasn't.
    private func createObservations(_ writer: inout STAWriter) throws -> SensorThingsResponse {
        guard let groups = try body().elements else {
            throw SensorThingsError.bad("the body must be an array of {\"Datastream\", \"components\", \"dataArray\"}")
        }
        var answers: [JSON] = []
        for (i, group) in groups.enumerated() { try create(group, at: "[\(i)]", &writer, &answers) }
        return SensorThingsResponse(.array(answers), status: 201)
    }

    private func create(_ group: JSON, at place: String, _ writer: inout STAWriter, _ answers: inout [JSON]) throws {
        let stream = group["Datastream"] == nil ? "MultiDatastream" : "Datastream"
        guard let kind = STAKind(rawValue: stream), let json = group[stream],
            let reference = try STABody.reference(json, at: place + "." + stream)
        else { throw SensorThingsError.bad("'\(place)' must name its stream, by \"Datastream\": {\"@iot.id\": …}") }
        guard let components = group["components"]?.elements?.compactMap(\.text), let rows = group["dataArray"]?.elements else {
            throw SensorThingsError.bad("'\(place)' must have \"components\", an array of names, and \"dataArray\", an array of arrays")
        }
        var given = [stream: try writer.linkable(kind, reference, at: place + "." + stream)]
        if !components.contains(where: { $0.hasPrefix("FeatureOfInterest") }) {
            let nothing = try STABody(.observation, [:], at: place)
            if !rows.isEmpty { given["FeatureOfInterest"] = try writer.generatedFeature(given, nothing) }
        }
        for (i, row) in rows.enumerated() {
            do {
                let json = try Self.observation(components, row)
                let id = try writer.create(.observation, json, given: given, at: "\(place).dataArray[\(i)]")
                answers.append(.string("\(request.root)/Observations(\(id))"))
            } catch let error as SensorThingsError where error.status != 413 {
                answers.append(.string("error: \(error.message)"))
            }
        }
    }

    private static func observation(_ components: [String], _ row: JSON) throws -> JSON {
        guard let values = row.elements, values.count == components.count else {
            throw SensorThingsError.bad("a row must be an array of \(components.count) values")
        }
        var members = JSON.Members()
        for (name, value) in zip(components, values) {
            if name == "FeatureOfInterest/id" || name == "FeatureOfInterest/@iot.id" {
                members.append("FeatureOfInterest", ["@iot.id": value])
            } else {
                members.append(name, value)
            }
        }
        return .object(members)
    }
}
