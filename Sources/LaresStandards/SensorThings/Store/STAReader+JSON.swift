import LaresJSON

// Entities as JSON, with what is expanded in them.
extension STAReader {
    func selfLink(_ kind: STAKind, _ id: Int64) -> String { "\(root)/\(kind.set)(\(id))" }

    /// An entity as JSON (OGC 18-088, §9.2.2): control information, values, links.
    mutating func json(_ entity: STAEntity, _ options: STAOptions) throws -> JSON {
        guard left > 0 else {
            throw SensorThingsError.bad("the answer would have more than 50,000 entities: expand less, or ask for smaller pages with $top")
        }
        left -= 1
        try check(options, entity.kind)
        let link = selfLink(entity.kind, entity.id)
        let select = options.select.map(Set.init)
        var members = JSON.Members()
        if select.map({ $0.contains("id") || $0.contains("@iot.id") }) ?? true { members.append("@iot.id", .int(Int(entity.id))) }
        if select.map({ $0.contains("@iot.selfLink") }) ?? true { members.append("@iot.selfLink", .string(link)) }
        for (property, value) in zip(entity.kind.properties, entity.values) where select?.contains(property.name) ?? true {
            if value != .null || property.isShownWhenNull || select != nil { members.append(property.name, value) }
        }
        for relation in entity.kind.relations {
            if let expansion = options.expand.first(where: { $0.relation == relation.name }) {
                try expand(relation, of: entity, expansion.options, link, &members)
            } else if select?.contains(relation.name) ?? true, relation.isMany || entity.link(relation) != nil {
                members.append(relation.name + "@iot.navigationLink", .string(link + "/" + relation.name))
            }
        }
        return .object(members)
    }

    private mutating func expand(
        _ relation: STARelation, of entity: STAEntity, _ options: STAOptions, _ link: String, _ members: inout JSON.Members
    ) throws {
        guard relation.isMany else {
            // The other kind of stream, of which there is none.
            guard let id = entity.link(relation), let target = try self.entity(relation.target, id) else { return }
            return members.append(relation.name, try json(target, options))
        }
        let address = link + "/" + relation.name
        let page = try page(relation.target, .linked(entity.kind, entity.id, relation), options)
        if let count = page.count { members.append(relation.name + "@iot.count", .int(count)) }
        members.append(relation.name, .array(try page.entities.map { try json($0, options) }))
        if page.hasMore { members.append(relation.name + "@iot.nextLink", .string(next(address, options, page))) }
    }

    /// A set as JSON: `{"@iot.count", "@iot.nextLink", "value"}`.
    mutating func json(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions, address: String) throws -> JSON {
        let page = try page(kind, scope, options)
        var members = JSON.Members()
        if let count = page.count { members.append("@iot.count", .int(count)) }
        if page.hasMore { members.append("@iot.nextLink", .string(next(address, options, page))) }
        members.append(
            "value", options.isDataArray ? try dataArrays(page.entities, options) : .array(try page.entities.map { try json($0, options) }))
        return .object(members)
    }

    /// The links of the entities of a set, for `$ref`.
    func references(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions, address: String) throws -> JSON {
        let page = try page(kind, scope, options)
        var members = JSON.Members()
        if let count = page.count { members.append("@iot.count", .int(count)) }
        if page.hasMore { members.append("@iot.nextLink", .string(next(address + "/$ref", options, page))) }
        members.append("value", .array(page.entities.map { ["@iot.selfLink": .string(selfLink($0.kind, $0.id))] }))
        return .object(members)
    }

    /// Where the next page is. Sets in the order of their ids go on behind the last one, which costs the same on every page.
    private func next(_ address: String, _ options: STAOptions, _ page: Page) -> String {
        var pairs = options.source.filter { $0.name != "$skip" && $0.name != "$skiptoken" }
        if options.order.isEmpty, !address.hasSuffix("/ObservedProperties"), let last = page.entities.last {
            pairs.append(STAOptions.Pair(name: "$skiptoken", text: String(last.id)))
        } else {
            pairs.append(STAOptions.Pair(name: "$skip", text: String(options.skip + page.entities.count)))
        }
        return address + "?" + pairs.map { $0.name + "=" + STAQueryText.encoded($0.text) }.joined(separator: "&")
    }

    private func check(_ options: STAOptions, _ kind: STAKind) throws {
        for name in options.select ?? [] {
            let isControl = name == "id" || name == "@iot.id" || name == "@iot.selfLink"
            guard isControl || kind.property(name) != nil || kind.relation(name) != nil else {
                throw SensorThingsError.bad("'$select': \(kind.set) have no '\(name.prefix(60))'; there are \(kind.names)")
            }
        }
        for expansion in options.expand where kind.relation(expansion.relation) == nil {
            throw SensorThingsError.bad(
                "'$expand', character \(expansion.at + 1): \(kind.set) have no link '\(expansion.relation.prefix(60))'; there are "
                    + kind.relations.map(\.name).joined(separator: ", "))
        }
        if options.isDataArray { throw SensorThingsError.bad("'$resultFormat=dataArray' is for Observations that aren't expanded") }
    }

    /// Checks what a set would be asked even where it is empty.
    func check(_ kind: STAKind, _ options: STAOptions) throws {
        var plain = options
        plain.isDataArray = false
        try check(plain, kind)
        guard !options.isDataArray || kind == .observation else {
            throw SensorThingsError.bad("'$resultFormat=dataArray' is for Observations")
        }
        for expansion in options.expand {
            if let target = kind.relation(expansion.relation)?.target { try check(target, expansion.options) }
        }
    }

    /// Observations by stream, values as arrays (OGC 18-088, §13).
    private mutating func dataArrays(_ entities: [STAEntity], _ options: STAOptions) throws -> JSON {
        guard options.expand.isEmpty else { throw SensorThingsError.bad("'$expand' and '$resultFormat=dataArray' don't go together") }
        let names = options.select ?? (["id"] + STAKind.observation.properties.filter { $0.isShownWhenNull }.map(\.name))
        var (order, rows): ([String], [String: [JSON]]) = ([], [:])
        for entity in entities {
            let stream = STAKind.observation.relations.first { $0.name != "FeatureOfInterest" && entity.link($0) != nil }
            let key =
                stream.flatMap { relation in
                    entity.link(relation).map { "\(relation.name)@iot.navigationLink|\(selfLink(relation.target, $0))" }
                } ?? ""
            if rows[key] == nil { order.append(key) }
            rows[key, default: []].append(
                .array(names.map { ["id", "@iot.id"].contains($0) ? .int(Int(entity.id)) : entity.value($0) }))
        }
        return .array(
            order.map { key in
                let (name, link) = key.splitOnce("|")
                return [
                    name: .string(link), "components": .array(names.map { .string($0) }),
                    "dataArray@iot.count": .int(rows[key]?.count ?? 0), "dataArray": .array(rows[key] ?? []),
                ]
            })
    }
}

extension String {
    fileprivate func splitOnce(_ mark: Character) -> (String, String) {
        guard let at = firstIndex(of: mark) else { return (self, "") }
        return (String(self[..<at]), String(self[index(after: at)...]))
    }
}
