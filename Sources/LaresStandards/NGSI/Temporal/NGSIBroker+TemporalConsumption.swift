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
    public func temporal(_ id: String, _ query: NGSITemporalQuery, attributes: Set<String>?, datasets: Set<String>?, tenant: String)
        async throws -> TemporalPage
    {
        // Read on a thread of the database: it may take long.
        try await store.pool.read { [self] database in
            guard let (number, entity) = try Self.temporal(id, tenant, database) else {
                throw NGSIError.missing("there is no temporal representation of '\(id.prefix(300))'")
            }
            var gathering = gathering(NGSITemporalRows(database: database, query: query, datasets: datasets))
            try gathering.add(entity, number, attributes)
            if let attributes, gathering.entities[0].attributes.isEmpty {
                throw NGSIError.missing("'\(id.prefix(300))' has none of the \(attributes.count) attributes asked for")
            }
            return try gathering.page(count: 1)
        }
    }

    /// Entities that are meant, of which some instance is.
    ///
    /// - Parameter counts: Whether all are counted; else only whether there are more.
    public func temporal(
        _ selection: NGSIEntitySelection, _ query: NGSITemporalQuery, attributes: Set<String>?, limit: Int, offset: Int, counts: Bool,
        tenant: String
    ) async throws -> TemporalPage {
        try await store.pool.read { [self] database in
            let rows = NGSITemporalRows(database: database, query: query, datasets: selection.datasets)
            let cursor = try Row.fetchCursor(
                database, sql: "SELECT * FROM temporal_entities WHERE tenant = ? ORDER BY number", arguments: [tenant])
            var (matching, gathering, count) = (NGSITemporalMatching(rows, selection), gathering(rows), 0)
            while let row = try cursor.next() {
                guard let (number, entity) = Self.temporal(row), try matching.matches(entity, number) else { continue }
                count += 1
                if count > offset, gathering.entities.count < limit { try gathering.add(entity, number, attributes) }
                if !counts, count > offset + limit { break }
            }
            return try gathering.page(count: count)
        }
    }

    private func gathering(_ rows: NGSITemporalRows) -> NGSITemporalGathering {
        NGSITemporalGathering(rows, most: rows.query.methods.isEmpty ? settings.mostInstances : settings.mostAggregated)
    }
}
