import GRDB

/// Makes SQL of expressions. Values are bound, never written into it; what SQLite can't compute, functions of our own do.
struct STATranslator {
    var joins: STAJoins
    let now: Int64
    /// The scanner's option, for messages.
    var option: String

    init(_ kind: STAKind, alias: String, sight: STASight, now: Int64, option: String) {
        joins = STAJoins(kind, alias: alias, sight: sight)
        (self.now, self.option) = (now, option)
    }

    func error(_ what: String, at place: Int) -> SensorThingsError { .bad("'\(option)', character \(place + 1): \(what)") }

    /// A condition, for WHERE.
    mutating func condition(_ expression: STAExpression) throws -> STASQL {
        let term = try term(expression)
        guard let condition = term.condition else { throw error("a condition was expected, not \(term.form.rawValue)", at: 0) }
        return condition
    }

    /// How many bytes the SQL of an expression may have: some of it stands there several times.
    static let longestSQL = 1 << 20

    mutating func term(_ expression: STAExpression) throws -> STATerm {
        let term = try unbounded(expression)
        try check(term.sql.text.utf8.count)
        return term
    }

    private func check(_ size: Int) throws {
        guard size <= Self.longestSQL else {
            throw SensorThingsError.bad("'\(option)' becomes more than \(Self.longestSQL) bytes of SQL: ask for less at once")
        }
    }

    private mutating func unbounded(_ expression: STAExpression) throws -> STATerm {
        switch expression {
        case .literal(let literal): return Self.term(literal)
        case .path(let path, let place): return try column(path, place)
        case .call(let name, let arguments, let place): return try call(name, arguments, place)
        case .not(let inner): return STATerm(.bool, "(NOT coalesce(" + (try condition(inner)) + ", 0))")
        case .negative(let inner, let place):
            let term = try term(inner)
            guard let number = term.number ?? (term.form == .duration ? term.sql : nil) else {
                throw error("'-' needs a number, not \(term.form.rawValue)", at: place)
            }
            return STATerm(term.form == .duration ? .duration : .number, "(-" + number + ")")
        case .among(let value, let list, let place): return try among(value, list, place)
        case .binary(let operation, let a, let b, let place): return try binary(operation, a, b, place)
        }
    }

    private static func term(_ literal: STAExpression.Literal) -> STATerm {
        switch literal {
        case .null: STATerm(.null, "NULL")
        case .bool(let flag): STATerm(.bool, flag ? "1" : "0")
        case .integer(let number): STATerm(.number, .value(number))
        case .number(let number): STATerm(.number, .value(number))
        case .text(let text): STATerm(.text, .value(text))
        case .instant(let time): STATerm(.instant, .value(time))
        case .period(let start, let end): STATerm(.period, .value(start), second: .value(end))
        case .day(let time): STATerm(.day, .value(time))
        case .clock(let time): STATerm(.clock, .value(time))
        case .duration(let time): STATerm(.duration, .value(time))
        case .geometry(let text): STATerm(.geometry, .value(text))
        }
    }

    private mutating func among(_ value: STAExpression, _ list: [STAExpression], _ place: Int) throws -> STATerm {
        guard !list.isEmpty else { return STATerm(.bool, "0") }
        let left = try term(value)
        var (parts, size) = ([STASQL](), 0)
        // Bounded while it grows: the left side stands there as often as the list is long.
        for one in list {
            let part = try compare(.eq, left, try term(one), place)
            size += part.text.utf8.count
            try check(size)
            parts.append(part)
        }
        return STATerm(.bool, .joined(parts, by: "OR"))
    }

    private mutating func binary(_ operation: STAExpression.Operator, _ a: STAExpression, _ b: STAExpression, _ place: Int) throws
        -> STATerm
    {
        switch operation {
        case .and, .or:
            let (left, right) = (try term(a), try term(b))
            guard let one = left.condition, let two = right.condition else {
                throw error("'\(operation.rawValue)' needs two conditions, not \(left.form.rawValue) and \(right.form.rawValue)", at: place)
            }
            return STATerm(.bool, .infix(one, operation == .and ? "AND" : "OR", two))
        case .eq, .ne, .gt, .ge, .lt, .le: return STATerm(.bool, try compare(operation, try term(a), try term(b), place))
        case .add, .sub, .mul, .div, .mod: return try calculate(operation, try term(a), try term(b), place)
        }
    }
}

// Properties.
extension STATranslator {
    private mutating func column(_ path: [String], _ place: Int) throws -> STATerm {
        var (kind, alias, reached) = (joins.root, joins.alias, "")
        for (i, name) in path.enumerated() {
            if let relation = kind.relation(name) {
                reached += "/" + name
                alias = joins.follow(relation, from: alias, path: reached)
                kind = relation.target
                guard joins.manyCount <= STAJoins.mostMany else {
                    throw error("it follows more than \(STAJoins.mostMany) links to many: ask in several requests", at: place)
                }
            } else {
                return try property(kind, alias, name, Array(path[(i + 1)...]), place)
            }
        }
        throw error("'\(path.joined(separator: "/"))' is a link: name a property behind it, such as /id", at: place)
    }

    private func property(_ kind: STAKind, _ alias: String, _ name: String, _ rest: [String], _ place: Int) throws -> STATerm {
        if name == "id" || name == "@iot.id", rest.isEmpty { return STATerm(.number, STASQL("\(alias).id")) }
        guard let property = kind.property(name) else {
            throw error("\(kind.set) have no '\(name.prefix(60))'; there are \(kind.names)", at: place)
        }
        let columns = property.columns.map { STASQL("\(alias).\"\($0)\"") }
        switch property.form {
        case .json, .geometry:
            if property.form == .geometry, rest.isEmpty { return STATerm(.geometry, columns[0]) }
            return STATerm(.any, .call("json_extract", columns[0], .value(try jsonPath(rest, place))))
        case .result where !rest.isEmpty:
            let json = STASQL("(CASE WHEN \(alias).resultKind = 2 THEN ") + columns[0] + STASQL(" END)")
            return STATerm(.any, .call("json_extract", json, .value(try jsonPath(rest, place))))
        default:
            guard rest.isEmpty else { throw error("'\(name)' has nothing inside: leave '/\(rest[0].prefix(60))' out", at: place) }
        }
        switch property.form {
        case .text: return STATerm(.text, columns[0])
        case .instant: return STATerm(.instant, columns[0])
        case .period: return STATerm(.period, columns[0], second: columns[1])
        default: return STATerm(.result, columns[0], second: columns[1])
        }
    }

    private func jsonPath(_ names: [String], _ place: Int) throws -> String {
        try names.reduce("$") { path, name in
            guard !name.contains("\"") else { throw error("a name can't have a quotation mark", at: place) }
            return name.utf8.allSatisfy(STAScanner.isDigit) ? "\(path)[\(name)]" : "\(path).\"\(name)\""
        }
    }
}
