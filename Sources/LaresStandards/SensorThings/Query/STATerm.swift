import GRDB

/// A piece of SQL with the values that its question marks stand for.
struct STASQL: Sendable {
    var text: String
    var values: [DatabaseValue] = []

    init(_ text: String, _ values: [DatabaseValue] = []) { (self.text, self.values) = (text, values) }

    static func + (a: STASQL, b: STASQL) -> STASQL { STASQL(a.text + b.text, a.values + b.values) }

    /// A value.
    static func value(_ value: some DatabaseValueConvertible) -> STASQL { STASQL("?", [value.databaseValue]) }

    /// `name(a, b)`
    static func call(_ name: String, _ arguments: STASQL...) -> STASQL {
        STASQL(name + "(" + arguments.map(\.text).joined(separator: ", ") + ")", arguments.flatMap(\.values))
    }

    /// `(a op b)`
    static func infix(_ a: STASQL, _ operation: String, _ b: STASQL) -> STASQL {
        STASQL("(" + a.text + " " + operation + " " + b.text + ")", a.values + b.values)
    }

    /// All of them joined by a word.
    static func joined(_ all: [STASQL], by word: String) -> STASQL {
        STASQL("(" + all.map(\.text).joined(separator: " \(word) ") + ")", all.flatMap(\.values))
    }
}

/// An expression as SQL, and what it is.
struct STATerm: Sendable {
    enum Form: String, Sendable {
        case null = "null"
        case bool = "a condition"
        case number = "a number"
        case text = "a text"
        case instant = "a time"
        case period = "a time or a stretch of it"
        case day = "a day"
        case clock = "a time of day"
        case duration = "a duration"
        case geometry = "a geometry"
        /// Any JSON value, as SQLite's `json_extract` gives it.
        case any = "any value"
        /// What was observed: a number, a text, or JSON.
        case result = "a result"
    }

    let form: Form
    let sql: STASQL
    /// Of a period, its end; of a result, which kind of value it is.
    var second: STASQL?

    init(_ form: Form, _ sql: STASQL, second: STASQL? = nil) { (self.form, self.sql, self.second) = (form, sql, second) }
}

extension STATerm {
    /// As a number; nil when it can't be one.
    var number: STASQL? {
        switch form {
        case .number: sql
        case .any: STASQL("(CASE WHEN typeof(") + sql + STASQL(") IN ('integer', 'real') THEN ") + sql + STASQL(" END)")
        case .result:
            STASQL("(CASE WHEN ") + (second ?? "0") + STASQL(" = 0 AND typeof(") + sql + STASQL(") <> 'text' THEN ") + sql + STASQL(" END)")
        default: nil
        }
    }

    /// As a text; nil when it can't be one. Numbers are written out, as FROST does.
    var text: STASQL? {
        switch form {
        case .text: sql
        case .any, .result: STASQL("CAST(") + sql + STASQL(" AS TEXT)")
        default: nil
        }
    }

    /// As a point in time: the beginning of a stretch; nil when it can't be one.
    var instant: STASQL? {
        switch form {
        case .instant, .day, .period: sql
        case .any, .text, .result: .call("sta_instant", sql)
        default: nil
        }
    }

    /// As a condition; nil when it can't be one.
    var condition: STASQL? {
        switch form {
        case .bool, .any: sql
        case .result: .joined([STASQL("(") + (second ?? "0") + STASQL(" = 1)"), sql], by: "AND")
        default: nil
        }
    }
}

extension STASQL: ExpressibleByStringLiteral {
    init(stringLiteral text: String) { self.init(text) }
}
