/// Gathers entities with their instances for one answer, and cuts them off at one moment where they are too many (clause 6.3.10).
struct NGSITemporalGathering {
    let rows: NGSITemporalRows
    /// How many instances there may be, all together.
    let most: Int
    private(set) var entities: [NGSIEntity] = []
    private var count = 0
    /// The last moment that is told; nil: nothing was cut off.
    private var edge: Int?

    init(_ rows: NGSITemporalRows, most: Int) { (self.rows, self.most) = (rows, most) }

    private var query: NGSITemporalQuery { rows.query }

    /// Reads an entity's instances.
    ///
    /// - Parameter attributes: Expanded names of those that are read; nil: all.
    /// - Throws: ``NGSIError`` with `tooManyResults` when what is too much can't be cut off.
    mutating func add(_ entity: NGSIEntity, _ number: Int64, _ attributes: Set<String>?) throws {
        entities.append(entity)
        for name in try attributes?.sorted() ?? rows.names(of: number) {
            // One more than may be told: then it is known that there are more.
            let instances = try rows.instances(name, of: number, most: most + 1, upTo: edge)
            guard !instances.isEmpty else { continue }
            entities[entities.count - 1].attributes.groups.append(.init(name: name, instances: instances))
            count += instances.count
            if count > 2 * most { try cut() }
        }
    }

    /// What was gathered, at most as much as an answer may have.
    mutating func page(count: Int) throws -> NGSIBroker.TemporalPage {
        try cut()
        var page = NGSIBroker.TemporalPage()
        (page.entities, page.count) = (entities, count)
        guard let edge else { return page }
        let asked: Int? =
            switch (query.relation, query.isBackwards) {
            case (.before, true): query.timeAt
            case (.between, true): query.endTimeAt
            case (.after, false), (.between, false): query.timeAt
            default: nil
            }
        page.range = (asked ?? moments.first ?? edge, edge)
        return page
    }

    /// All moments in the order they are told.
    private var moments: [Int] {
        let all = entities.flatMap { $0.attributes.groups.flatMap { $0.instances.compactMap { query.moment(of: $0) } } }
        return all.sorted { query.isBackwards ? $0 > $1 : $0 < $1 }
    }

    private mutating func cut() throws {
        guard count > most else { return }
        guard query.methods.isEmpty else {
            throw NGSIError(.tooManyResults, "more than \(most) values would be put together: ask for a shorter time, or fewer attributes")
        }
        let query = query, moments = moments, last = moments[most - 1], next = moments[most]
        // A moment is told whole or not at all, but for one that fills the page alone.
        let end = last == next ? moments[..<most].last { $0 != last } ?? last : last
        (edge, count) = (end, 0)
        for e in entities.indices {
            for g in entities[e].attributes.groups.indices {
                entities[e].attributes.groups[g].instances.removeAll { instance in
                    query.moment(of: instance).map { query.isBackwards ? $0 < end : $0 > end } ?? true
                }
                count += entities[e].attributes.groups[g].instances.count
            }
        }
        guard count <= 2 * most else {
            throw NGSIError(
                .tooManyResults, "more than \(2 * most) instances are of one moment: ask for fewer attributes, or fewer entities")
        }
    }
}
