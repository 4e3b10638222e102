import GRDB
import LaresJSON

/// Looking for entities.
extension NGSIStore {
    /// How many entities one query looks at before it is refused.
    static let mostScanned = 2_000_000

    /// Entities that are meant, in the order they were made.
    ///
    /// - Parameters:
    ///   - limit: How many; 0: none, for the count alone.
    ///   - offset: How many are passed over first.
    ///   - counts: Whether all are counted.
    ///   - now: What is over by then isn't there any more.
    static func query(
        _ selection: NGSIEntitySelection, _ tenant: String, limit: Int, offset: Int, counts: Bool, _ database: Database, at now: Int = .min
    ) throws -> (entities: [NGSIEntity], count: Int) {
        let (condition, arguments) = narrowed(selection, tenant)
        let cursor = try Row.fetchCursor(
            database, sql: "SELECT document FROM entities WHERE \(condition) ORDER BY number", arguments: arguments)
        var (entities, count, scanned) = ([NGSIEntity](), 0, 0)
        while let row = try cursor.next() {
            scanned += 1
            guard scanned <= mostScanned else {
                throw NGSIError(.tooManyResults, "the query looked at more than \(mostScanned) entities: ask for a type or a place")
            }
            guard let entity = NGSIEntity(kept: row["document"] as String)?.current(now), !entity.isOver(now),
                selection.matches(entity, linked: { try? find($0, tenant, database)?.entity })
            else { continue }
            if count >= offset, entities.count < limit { entities.append(entity) }
            count += 1
            if !counts, entities.count >= limit, count > offset + limit { break }
        }
        return (entities, count)
    }

    /// As much of a selection as indexes can answer.
    private static func narrowed(_ selection: NGSIEntitySelection, _ tenant: String) -> (String, StatementArguments) {
        var (conditions, arguments) = (["tenant = ?"], StatementArguments([tenant]))
        func list(_ values: [String]) -> String { Array(repeating: "?", count: values.count).joined(separator: ",") }
        if !selection.selectors.isEmpty, selection.selectors.allSatisfy({ $0.ids != nil }) {
            let ids = selection.selectors.flatMap { $0.ids ?? [] }
            conditions.append("id IN (\(list(ids)))")
            arguments += StatementArguments(ids)
        } else if !selection.selectors.isEmpty, selection.selectors.allSatisfy({ $0.types?.anyOf != nil }) {
            let types = selection.selectors.flatMap { $0.types?.anyOf ?? [] }
            conditions.append("number IN (SELECT entity FROM entity_types WHERE tenant = ? AND type IN (\(list(types))))")
            arguments += StatementArguments([tenant] + types)
        } else if !selection.attributes.isEmpty, !selection.attributes.contains(NGSIWriter.scope) {
            let names = Array(selection.attributes)
            conditions.append("number IN (SELECT entity FROM entity_attributes WHERE tenant = ? AND attribute IN (\(list(names))))")
            arguments += StatementArguments([tenant] + names)
        }
        if let place = selection.place, let box = place.box {
            conditions.append(
                """
                number IN (SELECT entity FROM entity_places JOIN entity_boxes USING (number)
                WHERE property = ? AND west <= ? AND east >= ? AND south <= ? AND north >= ?)
                """)
            // The index keeps 32-bit bounds, rounded outwards.
            arguments += [place.property, box.east, box.west, box.north, box.south]
        }
        return (conditions.joined(separator: " AND "), arguments)
    }
}
