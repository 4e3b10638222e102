import GRDB

// Functions (OGC 18-088, §9.3.3.5.2 and §9.3.3.5.3).
extension STATranslator {
    mutating func call(_ name: String, _ arguments: [STAExpression], _ place: Int) throws -> STATerm {
        guard let range = Self.counts[name] else {
            throw error(
                "there is no function '\(name.prefix(40))'; there are \(Self.counts.keys.sorted().joined(separator: ", "))", at: place)
        }
        guard range.contains(arguments.count) else {
            let wanted = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) or \(range.upperBound)"
            throw error("'\(name)' takes \(wanted) values, not \(arguments.count)", at: place)
        }
        let terms = try arguments.map { try term($0) }
        let option = option
        let call = STACall(name: name, terms: terms, now: now) { .bad("'\(option)', character \(place + 1): \($0)") }
        if let term = try call.ofText() ?? call.ofNumbers() ?? call.ofTime() ?? call.ofSpace() { return term }
        throw error("'\(name)' can't be computed", at: place)
    }

    private static let counts: [String: ClosedRange<Int>] = {
        var counts: [String: ClosedRange<Int>] = ["substring": 2...3, "st_relate": 3...3]
        for name in ["now", "mindatetime", "maxdatetime"] { counts[name] = 0...0 }
        for name in ["length", "tolower", "toupper", "trim", "round", "floor", "ceiling", "geo.length"] + Array(STACall.parts.keys) {
            counts[name] = 1...1
        }
        for name in ["substringof", "contains", "startswith", "endswith", "indexof", "concat", "geo.distance", "geo.intersects"] {
            counts[name] = 2...2
        }
        for test in STASpatialTest.allCases { counts[test.rawValue] = 2...2 }
        return counts
    }()
}

/// A function with what it is given.
struct STACall {
    let name: String
    let terms: [STATerm]
    let now: Int64
    let error: (String) -> SensorThingsError

    private func text(_ i: Int) throws -> STASQL {
        guard let text = terms[i].text else { throw error("'\(name)' needs a text, not \(terms[i].form.rawValue)") }
        return text
    }

    private func number(_ i: Int) throws -> STASQL {
        guard let number = terms[i].number else { throw error("'\(name)' needs a number, not \(terms[i].form.rawValue)") }
        return number
    }

    func ofText() throws -> STATerm? {
        switch name {
        case "length": STATerm(.number, .call("length", try text(0)))
        case "tolower": STATerm(.text, .call("sta_lower", try text(0)))
        case "toupper": STATerm(.text, .call("sta_upper", try text(0)))
        case "trim": STATerm(.text, .call("trim", try text(0)))
        case "concat": STATerm(.text, .infix(try text(0), "||", try text(1)))
        // The older one is asked the other way round.
        case "substringof": STATerm(.bool, .infix(.call("instr", try text(1), try text(0)), ">", "0"))
        case "contains": STATerm(.bool, .infix(.call("instr", try text(0), try text(1)), ">", "0"))
        case "indexof": STATerm(.number, .infix(.call("instr", try text(0), try text(1)), "-", "1"))
        case "startswith":
            STATerm(.bool, .infix(.call("substr", try text(0), "1", .call("length", try text(1))), "=", try text(1)))
        case "endswith": STATerm(.bool, .call("sta_ends", try text(0), try text(1)))
        case "substring":
            if terms.count == 2 {
                STATerm(.text, .call("substr", try text(0), .infix(try number(1), "+", "1")))
            } else {
                STATerm(.text, .call("substr", try text(0), .infix(try number(1), "+", "1"), .call("max", try number(2), "0")))
            }
        default: nil
        }
    }

    func ofNumbers() throws -> STATerm? {
        switch name {
        case "round": STATerm(.number, .call("round", try number(0)))
        case "floor": STATerm(.number, .call("sta_floor", try number(0)))
        case "ceiling": STATerm(.number, .call("sta_ceiling", try number(0)))
        default: nil
        }
    }

    /// Parts of a time, by what SQLite's `strftime` calls them.
    static let parts: [String: String] = [
        "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S", "fractionalseconds": "", "date": "",
        "time": "",
        "totaloffsetminutes": "",
    ]

    func ofTime() throws -> STATerm? {
        switch name {
        case "now": return STATerm(.instant, .value(now))
        case "mindatetime": return STATerm(.instant, .value(STATime.range.lowerBound))
        case "maxdatetime": return STATerm(.instant, .value(STATime.range.upperBound))
        default: break
        }
        guard let format = Self.parts[name] else { return nil }
        if terms[0].form == .clock { return try ofClock() }
        if terms[0].form == .day, name == "date" { return terms[0] }
        guard let time = terms[0].instant else { throw error("'\(name)' needs a time, not \(terms[0].form.rawValue)") }
        // Moved on by whole days, times before 1970 are positive too, and rounding towards nought rounds down. Like this a time stands in the
        // SQL once: twice would be a thousand times in ten functions of each other.
        let later = STASQL("(CAST(") + time + STASQL(" AS INTEGER) + \(Self.later))")
        switch name {
        case "fractionalseconds": return STATerm(.number, STASQL("(") + later + " % 1000 / 1000.0)")
        case "date": return STATerm(.day, STASQL("(") + later + STASQL(" / 86400000 * 86400000 - \(Self.later))"))
        case "time": return STATerm(.clock, STASQL("(") + later + " % 86400000)")
        // Times are kept in UTC.
        case "totaloffsetminutes": return STATerm(.number, "0")
        default:
            let seconds = STASQL("(") + later + STASQL(" / 1000 - \(Self.later / 1_000))")
            return STATerm(.number, STASQL("CAST(strftime('\(format)', ") + seconds + ", 'unixepoch') AS INTEGER)")
        }
    }

    /// A thousand million days, in milliseconds.
    private static let later: Int64 = 86_400_000_000_000_000

    private func ofClock() throws -> STATerm {
        let time = terms[0].sql
        switch name {
        case "hour": return STATerm(.number, .infix(time, "/", "3600000"))
        case "minute": return STATerm(.number, STASQL("(") + time + " / 60000 % 60)")
        case "second": return STATerm(.number, STASQL("(") + time + " / 1000 % 60)")
        case "fractionalseconds": return STATerm(.number, STASQL("(") + time + " % 1000 / 1000.0)")
        default: throw error("'\(name)' needs a time, not a time of day")
        }
    }

    func ofSpace() throws -> STATerm? {
        guard name.hasPrefix("st_") || name.hasPrefix("geo.") else { return nil }
        let shapes = try terms.prefix(2).map { term in
            guard term.form == .geometry || term.form == .any else {
                throw error("'\(name)' needs a location, a feature or geography'…', not \(term.form.rawValue)")
            }
            return term.sql
        }
        switch name {
        case "geo.length": return STATerm(.number, .call("sta_length", shapes[0]))
        case "geo.distance": return STATerm(.number, .call("sta_distance", shapes[0], shapes[1]))
        case "geo.intersects": return STATerm(.bool, .call("st_intersects", shapes[0], shapes[1]))
        case "st_relate": return STATerm(.bool, .call("st_relate", shapes[0], shapes[1], try text(2)))
        default: return STATerm(.bool, .call(name, shapes[0], shapes[1]))
        }
    }
}
