import LaresJSON

extension SensorThingsAPI {
    func read(_ request: SensorThingsRequest) async throws -> SensorThingsResponse {
        let path = try STAPath(request.path), options = try STAOptions(query: request.query)
        return try await reading(request) { reader in
            let target = try reader.follow(path)
            switch (target, path.ending) {
            case (.root, .plain): return SensorThingsResponse(Self.root(request.root))
            case (.set(let kind, let scope, let address), .plain):
                try reader.check(kind, options)
                return SensorThingsResponse(try reader.json(kind, scope, options, address: address))
            case (.set(let kind, let scope, let address), .reference):
                try reader.check(kind, options)
                return SensorThingsResponse(try reader.references(kind, scope, options, address: address))
            case (.set(let kind, let scope, _), .count):
                var counted = options
                (counted.count, counted.top) = (true, 0)
                return SensorThingsResponse(text: String(try reader.page(kind, scope, counted).count ?? 0))
            case (.entity(let entity), .plain):
                try reader.check(entity.kind, options)
                return SensorThingsResponse(try reader.json(entity, options))
            case (.entity(let entity), .reference):
                return SensorThingsResponse(["@iot.selfLink": .string(reader.selfLink(entity.kind, entity.id))])
            case (.property(let entity, let names), .plain), (.property(let entity, let names), .value):
                return try Self.property(entity, names, path.ending)
            default: throw SensorThingsError.missing("'\(path.ending.rawValue)' can't stand there")
            }
        }
    }

    /// A property as `{"name": value}`, or as it is; 204 when it is null.
    private static func property(_ entity: STAEntity, _ names: [String], _ ending: STAPath.Ending) throws -> SensorThingsResponse {
        var value = entity.value(names[0])
        for name in names.dropFirst() {
            let inner =
                value[name]
                ?? value.elements.flatMap { elements in Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil } }
            guard let inner else { throw SensorThingsError.missing("there is no '\(name.prefix(60))' in '\(names[0])'") }
            value = inner
        }
        if value == .null { return SensorThingsResponse(204) }
        guard ending == .value else { return SensorThingsResponse([names[names.count - 1]: value]) }
        switch value {
        case .string(let text): return SensorThingsResponse(text: text)
        case .array, .object: return SensorThingsResponse(value)
        default: return SensorThingsResponse(text: value.serialized)
        }
    }

    /// What the service has and can do (OGC 18-088, §9.2.1).
    private static func root(_ root: String) -> JSON {
        let requirements = [
            "datamodel", "resource-path/resource-path-to-entities", "request-data", "create-update-delete/create-entity",
            "create-update-delete/link-to-existing-entities", "create-update-delete/deep-insert",
            "create-update-delete/deep-insert-status-code", "create-update-delete/update-entity", "create-update-delete/delete-entity",
            "create-update-delete/update-entity-put", "create-update-delete/update-entity-jsonpatch", "multi-datastream",
            "data-array/data-array",
        ]
        return [
            "value": .array(STAKind.allCases.map { ["name": .string($0.set), "url": .string(root + "/" + $0.set)] }),
            "serverSettings": [
                "conformance": .array(requirements.map { .string("http://www.opengis.net/spec/iot_sensing/1.1/req/" + $0) })
            ],
        ]
    }
}
