import GRDB

/// What of the home a caller doesn't see, and where observations are read from.
struct STASight: Sendable {
    /// Things of the home that are hidden, by their names.
    var hidden: [String] = []
    /// The rows that stand for observations: a table, or rows made of readings; nil: the table.
    var observations: STASQL?

    /// What follows FROM for a kind.
    func source(_ kind: STAKind) -> STASQL {
        kind == .observation ? observations ?? "\"Observation\"" : STASQL("\"\(kind.single)\"")
    }

    /// What holds for the entities that are seen; nil: all are.
    func visible(_ kind: STAKind, _ alias: String) -> STASQL? {
        guard !hidden.isEmpty, kind.isMirrored else { return nil }
        let names = "[" + hidden.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        return STASQL(
            "(\(alias).origin IS NULL OR \(alias).origin NOT IN (SELECT value FROM json_each(?)))", [names.databaseValue])
    }
}

extension STAKind {
    /// Whether the home's own can be among them; the table has a column `origin` then.
    var isMirrored: Bool { self != .observation && self != .historicalLocation && self != .multiDatastream }
}

/// The tables that an expression reaches over links, each joined once.
struct STAJoins: Sendable {
    let root: STAKind
    let alias: String
    let sight: STASight
    private(set) var sql = STASQL("")
    /// How many links to many are among them: then an entity may come more than once.
    private(set) var manyCount = 0
    /// Links to many multiply each other.
    static let mostMany = 4
    private var aliases: [String: String] = [:]

    var hasMany: Bool { manyCount > 0 }

    init(_ root: STAKind, alias: String, sight: STASight) { (self.root, self.alias, self.sight) = (root, alias, sight) }

    /// The alias of what a link leads to from where a path has led.
    mutating func follow(_ relation: STARelation, from alias: String, path: String) -> String {
        if let known = aliases[path] { return known }
        let next = "\(self.alias)\(aliases.count + 1)"
        aliases[path] = next
        manyCount += relation.isMany ? 1 : 0
        let target = sight.source(relation.target)
        var on: STASQL
        switch relation.form {
        case .one(let column, _): on = STASQL("\(next).id = \(alias).\"\(column)\"")
        case .many(let column): on = STASQL("\(next).\"\(column)\" = \(alias).id")
        case .pairs(let table, let own, let theirs):
            sql = sql + STASQL(" LEFT JOIN \"\(table)\" \(next)p ON \(next)p.\"\(own)\" = \(alias).id")
            on = STASQL("\(next).id = \(next)p.\"\(theirs)\"")
        }
        if let visible = sight.visible(relation.target, next) { on = on + " AND " + visible }
        sql = sql + " LEFT JOIN " + target + STASQL(" \(next) ON ") + on
        return next
    }
}
