import GRDB
import LaresJSON

/// Which entities of a kind are meant.
enum STAScope: Sendable {
    case all
    /// What a link of an entity leads to.
    case linked(STAKind, Int64, STARelation)
    case one(Int64)
}

/// Reads entities, with what is expanded, from one state of the database.
struct STAReader {
    let database: Database
    let sight: STASight
    /// The address of the service, without a slash at the end.
    let root: String
    let now: Int64
    /// Reads what the home reported; nil: there is no home.
    let home: STAHomeReadings?
    /// How many entities one answer may still have.
    var left = 50_000

    /// How many entities a page has when nothing is said.
    static let usualTop = 100

    /// A page of entities.
    struct Page {
        var entities: [STAEntity]
        /// All that fit the filter, where they were counted.
        var count: Int?
        var hasMore: Bool
    }

    /// The entities that fit, in order, a page of them.
    func page(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions) throws -> Page {
        var reader = self
        let top = min(options.top ?? Self.usualTop, STAScanner.maximumTop)
        var isOneBatch = true
        if kind == .observation, let found = try home?.source(of: scope, options, top: top, self) {
            (reader, isOneBatch) = (STAReader(self, observations: found.rows), found.isWhole)
        }
        let count = options.count ? try reader.count(kind, scope, options) : nil
        guard isOneBatch || !options.count else { throw STAHomeReadings.tooMany }
        guard top > 0 else { return Page(entities: [], count: count, hasMore: false) }
        var entities = try reader.entities(kind, scope, options, limit: top + 1)
        let hasMore = entities.count > top
        if hasMore { entities.removeLast() }
        return Page(entities: entities, count: count, hasMore: hasMore)
    }

    private init(_ other: STAReader, observations: STASQL) {
        var sight = other.sight
        sight.observations = observations
        self.init(database: other.database, sight: sight, root: other.root, now: other.now, home: nil, left: other.left)
    }

    init(database: Database, sight: STASight, root: String, now: Int64, home: STAHomeReadings?, left: Int = 50_000) {
        (self.database, self.sight, self.root, self.now, self.home, self.left) = (database, sight, root, now, home, left)
    }

    /// One entity; nil when there is none, or the caller doesn't see it.
    func entity(_ kind: STAKind, _ id: Int64) throws -> STAEntity? {
        if kind == .observation, let rows = try home?.source(ofObservation: id, self) {
            return try STAReader(self, observations: rows).entities(kind, .one(id), STAOptions(), limit: 1).first
        }
        return try entities(kind, .one(id), STAOptions(), limit: 1).first
    }
}

// Statements.
extension STAReader {
    private func entities(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions, limit: Int) throws -> [STAEntity] {
        let (from, condition, order) = try parts(kind, scope, options, ordered: true)
        let tail = STASQL(" ORDER BY ") + order + STASQL(" LIMIT ? OFFSET ?", [limit.databaseValue, options.skip.databaseValue])
        let sql = STASQL("SELECT \(STAEntity.columns(kind, "e")) FROM ") + from + STASQL(" WHERE ") + condition + tail
        return try rows(sql, options).map { STAEntity(kind, $0) }
    }

    private func count(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions) throws -> Int {
        var options = options
        options.after = nil
        let (from, condition, _) = try parts(kind, scope, options, ordered: false)
        return try rows(STASQL("SELECT count(*) FROM ") + from + STASQL(" WHERE ") + condition, options).first?[0] ?? 0
    }

    private func rows(_ sql: STASQL, _ options: STAOptions) throws -> [Row] {
        STAFunctions.add(for: sql.text, to: database)
        // Statements of filters aren't kept: callers can make up any number of them.
        let isPlain = options.filter == nil && options.order.isEmpty
        do {
            let statement = try isPlain ? database.cachedStatement(sql: sql.text) : database.makeStatement(sql: sql.text)
            return try Row.fetchAll(statement, arguments: StatementArguments(sql.values))
        } catch let error as DatabaseError {
            // What SQLite itself refuses in a query: too many tables or terms, a malformed path, a text that becomes too long.
            let refusals: [ResultCode] = [.SQLITE_ERROR, .SQLITE_TOOBIG, .SQLITE_RANGE, .SQLITE_MISMATCH]
            guard refusals.contains(error.resultCode) else { throw error }
            throw SensorThingsError.bad("the query can't be computed: \(error.message ?? "a value is out of range")")
        }
    }

    private func parts(_ kind: STAKind, _ scope: STAScope, _ options: STAOptions, ordered: Bool) throws -> (STASQL, STASQL, STASQL) {
        var conditions = [Self.condition(scope)]
        if let visible = sight.visible(kind, "e") { conditions.append(visible) }
        if let after = options.after { conditions.append(STASQL("e.id > ?", [after.databaseValue])) }
        var translator = STATranslator(kind, alias: "e", sight: sight, now: now, option: "$orderby")
        let order = ordered ? try self.order(options, kind, scope, &translator) : ""
        if let filter = options.filter { conditions.append(try condition(kind, filter, &translator)) }
        let from = sight.source(kind) + STASQL(" e") + translator.joins.sql
        return (from, STASQL.joined(conditions, by: "AND"), order)
    }

    /// Whether an entity fits a filter. One that follows links to many is asked apart, so that none comes twice.
    private func condition(_ kind: STAKind, _ filter: STAExpression, _ translator: inout STATranslator) throws -> STASQL {
        var trial = translator
        trial.option = "$filter"
        let condition = try trial.condition(filter)
        if !trial.joins.hasMany {
            translator = trial
            return condition
        }
        var inner = STATranslator(kind, alias: "f", sight: sight, now: now, option: "$filter")
        let inside = try inner.condition(filter)
        return STASQL("e.id IN (SELECT f.id FROM ") + sight.source(kind) + STASQL(" f") + inner.joins.sql + " WHERE " + inside + ")"
    }

    private static func condition(_ scope: STAScope) -> STASQL {
        switch scope {
        case .all: return "1"
        case .one(let id): return STASQL("e.id = ?", [id.databaseValue])
        case .linked(_, let id, let relation):
            switch relation.form {
            case .one: return "0"
            case .many(let column): return STASQL("e.\"\(column)\" = ?", [id.databaseValue])
            case .pairs(let table, let own, let theirs):
                return STASQL("e.id IN (SELECT \"\(theirs)\" FROM \"\(table)\" WHERE \"\(own)\" = ?)", [id.databaseValue])
            }
        }
    }

    private func order(_ options: STAOptions, _ kind: STAKind, _ scope: STAScope, _ translator: inout STATranslator) throws -> STASQL {
        var order = STASQL("")
        for key in options.order {
            let term = try translator.term(key.by)
            guard !translator.joins.hasMany else {
                throw SensorThingsError.bad("'$orderby' can't follow a link to many: an entity has no single value there")
            }
            let direction = key.isDescending ? " DESC, " : ", "
            order = order + term.sql + STASQL(direction)
            if term.form == .period, let end = term.second { order = order + end + STASQL(direction) }
        }
        // What belongs to the columns of a result keeps their order.
        if options.order.isEmpty, case .linked(_, let id, let relation) = scope, relation.name == "ObservedProperties" {
            let place =
                "(SELECT min(place) FROM \"MultiDatastreamObservedProperty\" WHERE \"MultiDatastream\" = ? AND \"ObservedProperty\" = e.id), "
            order = order + STASQL(place, [id.databaseValue])
        }
        return order + "e.id"
    }
}
