import GRDB
import LaresJSON

/// Asking for the past (clauses 5.7.3 and 5.7.4).
extension NGSIBroker {
    /// A page of the past, and which part of it that is when it isn't all.
    public struct TemporalPage: Sendable {
        /// Entities whose attributes have the instances that are meant.
        public var entities: [NGSIEntity] = []
        /// How many entities there are.
        public var count = 0
        /// The first and the last moment that the page covers, in the order it is read; nil: it is all there is.
        public var range: (first: Int, last: Int)?
    }

    /// One entity.
    public func temporal(_ id: String, _ query: NGSITemporalQuery, attributes: Set<String>?, datasets: Set<String>?, tenant: String) throws
        -> TemporalPage
    {
        try store.pool.read { database in
            guard let (number, entity) = try Self.temporal(id, tenant, database) else {
                throw NGSIError.missing("there is no temporal representation of '\(id.prefix(300))'")
            }
            var page = TemporalPage()
            page.entities = [try Self.filled(entity, number, query, attributes, datasets, database)]
            page.count = 1
            if let attributes, page.entities[0].attributes.isEmpty {
                throw NGSIError.missing("'\(id.prefix(300))' has none of the \(attributes.count) attributes asked for")
            }
            return bounded(page, query)
        }
    }

    /// Entities that are meant, of which some instance is.
    public func temporal(
        _ selection: NGSIEntitySelection, _ query: NGSITemporalQuery, attributes: Set<String>?, limit: Int, offset: Int, tenant: String
    ) throws -> TemporalPage {
        try store.pool.read { database in
            let cursor = try Row.fetchCursor(
                database, sql: "SELECT * FROM temporal_entities WHERE tenant = ? ORDER BY number", arguments: [tenant])
            var (page, kinds) = (TemporalPage(), selection)
            (kinds.query, kinds.place, kinds.attributes, kinds.datasets) = (nil, nil, [], nil)
            while let row = try cursor.next() {
                guard let (number, entity) = Self.temporal(row), kinds.matches(entity) else { continue }
                let whole = try Self.filled(entity, number, query, nil, selection.datasets, database)
                guard !whole.attributes.isEmpty, selection.matches(whole) else { continue }
                page.count += 1
                guard page.count > offset, page.entities.count < limit else { continue }
                let shown = try attributes.map { try Self.filled(entity, number, query, $0, selection.datasets, database) } ?? whole
                page.entities.append(shown)
            }
            return bounded(page, query)
        }
    }

    /// An entity with the instances that are meant: in order of time, the latest first where only the last are.
    private static func filled(
        _ entity: NGSIEntity, _ number: Int64, _ query: NGSITemporalQuery, _ attributes: Set<String>?, _ datasets: Set<String>?,
        _ database: Database
    ) throws -> NGSIEntity {
        var filled = entity
        let rows = try Row.fetchCursor(
            database, sql: "SELECT attribute, document FROM temporal_instances WHERE entity = ? ORDER BY number LIMIT 1000000",
            arguments: [number])
        var found: [String: [(Int, NGSIAttribute)]] = [:]
        var order: [String] = []
        while let row = try rows.next() {
            let name: String = row["attribute"]
            guard attributes?.contains(name) != false, let instance = NGSIAttribute(kept: row["document"] as String),
                datasets?.contains(instance.datasetId ?? "@none") != false, let moment = query.moment(of: instance), query.contains(moment)
            else { continue }
            if found[name] == nil { order.append(name) }
            found[name, default: []].append((moment, instance))
        }
        for name in order {
            var instances = (found[name] ?? []).sorted { $0.0 < $1.0 }
            if let lastN = query.lastN { instances = instances.suffix(lastN).reversed() }
            filled.attributes[name] = instances.map(\.1)
        }
        return filled
    }

    /// Cuts a page down to as many instances as an answer may have: at the same moment for all entities and attributes (clause 6.3.10).
    private func bounded(_ page: TemporalPage, _ query: NGSITemporalQuery) -> TemporalPage {
        let isBackwards = query.lastN != nil
        var moments = page.entities.flatMap { $0.attributes.groups.flatMap { $0.instances.compactMap { query.moment(of: $0) } } }
        guard query.methods.isEmpty, moments.count > settings.mostInstances else { return page }
        moments.sort { isBackwards ? $0 > $1 : $0 < $1 }
        let (last, next) = (moments[settings.mostInstances - 1], moments[settings.mostInstances])
        // A moment is told whole or not at all, but for one that fills the page alone.
        let end = last == next ? moments[..<settings.mostInstances].last { $0 != last } ?? last : last
        var cut = page
        for e in cut.entities.indices {
            for g in cut.entities[e].attributes.groups.indices {
                cut.entities[e].attributes.groups[g].instances.removeAll { instance in
                    query.moment(of: instance).map { isBackwards ? $0 < end : $0 > end } ?? true
                }
            }
        }
        let first: Int? =
            switch (query.relation, isBackwards) {
            case (.before, true): query.timeAt
            case (.between, true): query.endTimeAt
            case (.after, false), (.between, false): query.timeAt
            default: nil
            }
        cut.range = (first ?? moments[0], end)
        return cut
    }
}
