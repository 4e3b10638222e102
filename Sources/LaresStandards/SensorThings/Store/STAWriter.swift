import GRDB
import LaresJSON

/// Creates, changes and deletes entities, inside one transaction of the caller's.
struct STAWriter {
    let database: Database
    let now: Int64
    /// What was done, for those who are told.
    private(set) var changes: [SensorThingsChange] = []
    /// Streams that are there no more.
    var removedStreams: [Int64] = []
    private var spans = STASpans()
    private var created = 0

    /// How many entities one request may create.
    static let most = 100_000
    /// How deep entities may stand in entities.
    static let maximumDepth = 8

    init(_ database: Database, now: Int64) { (self.database, self.now) = (database, now) }

    mutating func note(_ kind: STAKind, _ id: Int64, isNew: Bool, _ properties: [String] = []) {
        changes.append(SensorThingsChange(kind: kind, id: id, isNew: isNew, properties: properties))
    }

    /// Writes what follows from all that was done; the last call before the transaction ends.
    mutating func finish() throws { try spans.write(to: database) }

    /// Creates an entity with all that stands in it.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - json: What it is like, with links and with entities in it.
    ///   - given: Links that follow from where it stands, by their columns.
    ///   - place: Where it stands in the body, for messages.
    mutating func create(_ kind: STAKind, _ json: JSON, given: [String: Int64] = [:], at place: String = "", depth: Int = 0) throws -> Int64
    {
        created += 1
        guard depth < Self.maximumDepth else { throw SensorThingsError.bad("'\(place)' stands more than \(Self.maximumDepth) levels deep") }
        guard created <= Self.most else { throw SensorThingsError(413, "one request may create \(Self.most) entities: send several") }
        var body = try STABody(kind, json, at: place)
        if kind == .observation { body.setUsual("phenomenonTime", .string(STATime.text(now))) }
        let values = try body.values(.all)
        let links = try links(kind, body, given, place, depth)
        let id = try insert(kind, values, links)
        if kind == .observation { spans.add(values, stream: links["Datastream"], multi: links["MultiDatastream"]) }
        note(kind, id, isNew: true)
        try follow(kind, id, body, given, place, depth)
        return id
    }

    private mutating func links(_ kind: STAKind, _ body: STABody, _ given: [String: Int64], _ place: String, _ depth: Int) throws
        -> [String: Int64]
    {
        var links = given
        for relation in kind.relations {
            guard case .one(let column, let isRequired) = relation.form, given[column] == nil else { continue }
            if let json = body.links[relation.name] {
                links[column] = try one(relation.target, json, at: body.name(relation.name), depth)
            } else if isRequired, kind != .observation {
                throw SensorThingsError.bad("'\(body.name(relation.name))' is missing: \(kind.set) need one, by {\"@iot.id\": …} or whole")
            }
        }
        guard kind == .observation else { return links }
        guard (links["Datastream"] == nil) != (links["MultiDatastream"] == nil) else {
            throw SensorThingsError.bad(
                "'\(body.name("Datastream"))' is missing: an Observation belongs to one Datastream or one MultiDatastream")
        }
        if links["FeatureOfInterest"] == nil { links["FeatureOfInterest"] = try generatedFeature(links, body) }
        return links
    }

    /// An entity that is named by its id, or stands there whole.
    private mutating func one(_ kind: STAKind, _ json: JSON, at place: String, _ depth: Int) throws -> Int64 {
        if let id = try STABody.reference(json, at: place) { return try linkable(kind, id, at: place) }
        return try create(kind, json, at: place, depth: depth + 1)
    }

    /// An entity that others may be linked to.
    func linkable(_ kind: STAKind, _ id: Int64, at place: String) throws -> Int64 {
        let isMirrored = kind.isMirrored
        let sql =
            isMirrored ? "SELECT address IS NOT NULL FROM \"\(kind.single)\" WHERE id = ?" : "SELECT 0 FROM \"\(kind.single)\" WHERE id = ?"
        guard let isHome = try Bool.fetchOne(try database.cachedStatement(sql: sql), arguments: [id]) else {
            throw SensorThingsError.bad("'\(place)': there is no \(kind.set)(\(id))")
        }
        // What the home has goes with it; a quantity stays.
        guard !isHome || kind == .observedProperty else { throw SensorThingsError.ofTheHome(kind, id) }
        return id
    }

    private mutating func insert(_ kind: STAKind, _ values: [DatabaseValue], _ links: [String: Int64]) throws -> Int64 {
        let statement = try database.cachedStatement(sql: Self.inserts[kind] ?? "")
        let columns = kind.relations.compactMap(\.column)
        statement.setUncheckedArguments(StatementArguments(values + columns.map { links[$0].databaseValue }))
        try statement.execute()
        return database.lastInsertedRowID
    }

    private static let inserts: [STAKind: String] = Dictionary(
        uniqueKeysWithValues: STAKind.allCases.map { kind in
            let columns = kind.properties.flatMap(\.columns) + kind.relations.compactMap(\.column)
            let marks = repeatElement("?", count: columns.count).joined(separator: ", ")
            return (kind, "INSERT INTO \"\(kind.single)\" (\(columns.map { "\"\($0)\"" }.joined(separator: ", "))) VALUES (\(marks))")
        })

    /// The entities and links to many that stand in a new one. Locations come before streams, whose observations may need them.
    private mutating func follow(
        _ kind: STAKind, _ id: Int64, _ body: STABody, _ given: [String: Int64], _ place: String, _ depth: Int
    ) throws {
        for relation in kind.relations {
            guard case .pairs = relation.form, let json = body.links[relation.name] else { continue }
            let ids = try STABody.list(json, at: body.name(relation.name)).enumerated().map { i, json in
                try one(relation.target, json, at: "\(body.name(relation.name))[\(i)]", depth)
            }
            try pair(kind, id, relation, ids)
        }
        if kind == .multiDatastream { try checkColumns(id, body) }
        for relation in kind.relations {
            guard case .many(let column) = relation.form, let json = body.links[relation.name] else { continue }
            for (i, json) in try STABody.list(json, at: body.name(relation.name)).enumerated() {
                let place = "\(body.name(relation.name))[\(i)]"
                if let other = try STABody.reference(json, at: place) {
                    try relink(relation.target, linkable(relation.target, other, at: place), column, id)
                } else {
                    _ = try create(relation.target, json, given: [column: id], at: place, depth: depth + 1)
                }
            }
        }
    }

    /// Has an entity belong to another one.
    func relink(_ kind: STAKind, _ id: Int64, _ column: String, _ owner: Int64) throws {
        try database.execute(sql: "UPDATE \"\(kind.single)\" SET \"\(column)\" = ? WHERE id = ?", arguments: [owner, id])
    }

    /// A result of a MultiDatastream has one value for each observed property, unit and type.
    private func checkColumns(_ id: Int64, _ body: STABody) throws {
        let sql = "SELECT count(*) FROM \"MultiDatastreamObservedProperty\" WHERE \"MultiDatastream\" = ?"
        let count = try Int.fetchOne(database, sql: sql, arguments: [id]) ?? 0
        let (units, types) = (body.json("unitOfMeasurements")?.elements?.count, body.json("multiObservationDataTypes")?.elements?.count)
        guard count > 0, units == count, types == count else {
            throw SensorThingsError.bad(
                "a MultiDatastream has as many 'ObservedProperties' (\(count)) as 'unitOfMeasurements' (\(units ?? 0)) and "
                    + "'multiObservationDataTypes' (\(types ?? 0))")
        }
    }
}

/// The stretches of time over which streams have observations, as they grow in a transaction.
private struct STASpans {
    private struct Span { var phenomena: (Int64, Int64); var results: (Int64, Int64)? }

    private var streams: [Int64: Span] = [:]
    private var multis: [Int64: Span] = [:]

    /// - Parameter values: The columns of an observation.
    mutating func add(_ values: [DatabaseValue], stream: Int64?, multi: Int64?) {
        guard let start = Int64.fromDatabaseValue(values[0]), let end = Int64.fromDatabaseValue(values[1]) else { return }
        let result = Int64.fromDatabaseValue(values[4])
        if let stream { Self.add(start, end, result, &streams[stream]) } else if let multi { Self.add(start, end, result, &multis[multi]) }
    }

    private static func add(_ start: Int64, _ end: Int64, _ result: Int64?, _ span: inout Span?) {
        var new = span ?? Span(phenomena: (start, end))
        new.phenomena = (min(new.phenomena.0, start), max(new.phenomena.1, end))
        if let result { new.results = (min(new.results?.0 ?? result, result), max(new.results?.1 ?? result, result)) }
        span = new
    }

    mutating func write(to database: Database) throws {
        for (table, spans) in [("Datastream", streams), ("MultiDatastream", multis)] where !spans.isEmpty {
            let statement = try database.cachedStatement(sql: Self.update(table))
            for (id, span) in spans {
                let (start, end, first, last) = (span.phenomena.0, span.phenomena.1, span.results?.0, span.results?.1)
                try statement.execute(arguments: [start, start, end, end, first, first, first, last, last, last, id])
            }
        }
        (streams, multis) = ([:], [:])
    }

    private static func update(_ table: String) -> String {
        """
        UPDATE "\(table)" SET "phenomenonTime_start" = min(coalesce("phenomenonTime_start", ?), ?),
        "phenomenonTime_end" = max(coalesce("phenomenonTime_end", ?), ?),
        "resultTime_start" = CASE WHEN ? IS NULL THEN "resultTime_start" ELSE min(coalesce("resultTime_start", ?), ?) END,
        "resultTime_end" = CASE WHEN ? IS NULL THEN "resultTime_end" ELSE max(coalesce("resultTime_end", ?), ?) END WHERE id = ?
        """
    }
}
