import GRDB

// Comparing and calculating.
extension STATranslator {
    private static let signs: [STAExpression.Operator: String] = [
        .eq: "IS", .ne: "IS NOT", .gt: ">", .ge: ">=", .lt: "<", .le: "<=", .add: "+", .sub: "-", .mul: "*", .div: "/",
    ]

    private func sign(_ operation: STAExpression.Operator) -> String { Self.signs[operation] ?? "=" }

    /// Two values of one form, or of two that go together.
    ///
    /// Texts and numbers: what was observed, and what stands in JSON, is compared as what the other side is.
    func compare(_ operation: STAExpression.Operator, _ a: STATerm, _ b: STATerm, _ place: Int) throws -> STASQL {
        if a.form == .null || b.form == .null {
            guard operation == .eq || operation == .ne else { return "0" }
            return .infix(a.sql, sign(operation), b.sql)
        }
        if let both = pair(a, b) {
            // "=" finds its way through an index and a join; null is never equal to a value that was written out.
            let isWritten = both.0.text == "?" || both.1.text == "?"
            return .infix(both.0, operation == .eq && isWritten ? "=" : sign(operation), both.1)
        }
        if a.form == .period || b.form == .period, let one = a.instant, let two = b.instant {
            return compare(operation, (one, a.form == .period ? a.second ?? one : one), (two, b.form == .period ? b.second ?? two : two))
        }
        if a.form == .geometry || b.form == .geometry {
            throw error("geometries are compared by functions such as st_equals(location, geography'POINT(8 49)')", at: place)
        }
        throw error("\(a.form.rawValue) can't be compared with \(b.form.rawValue)", at: place)
    }

    private func pair(_ a: STATerm, _ b: STATerm) -> (STASQL, STASQL)? {
        let loose: [STATerm.Form] = [.any, .result]
        if loose.contains(a.form), loose.contains(b.form) { return (a.sql, b.sql) }
        switch (loose.contains(a.form) ? b : a).form {
        case .number: return a.number.flatMap { one in b.number.map { (one, $0) } }
        case .bool: return a.condition.flatMap { one in b.condition.map { (one, $0) } }
        case .text:
            if let one = a.text, let two = b.text { return (one, two) }
            return a.form != .period && b.form != .period ? instants(a, b) : nil
        case .instant, .day: return b.form != .period && a.form != .period ? instants(a, b) : nil
        case .clock, .duration: return a.form == b.form ? (a.sql, b.sql) : nil
        default: return nil
        }
    }

    private func instants(_ a: STATerm, _ b: STATerm) -> (STASQL, STASQL)? { a.instant.flatMap { one in b.instant.map { (one, $0) } } }

    /// Stretches of time: one is before another when it ends before the other begins. A point is a stretch that ends where it begins.
    private func compare(_ operation: STAExpression.Operator, _ a: (STASQL, STASQL), _ b: (STASQL, STASQL)) -> STASQL {
        switch operation {
        // That it begins before as well follows, but only the beginning has an index.
        case .lt: .joined([.infix(a.1, "<", b.0), .infix(a.0, "<", b.0)], by: "AND")
        case .gt: .infix(a.0, ">", b.1)
        case .le: .joined([.infix(a.0, "<=", b.0), .infix(a.1, "<=", b.1)], by: "AND")
        case .ge: .joined([.infix(a.0, ">=", b.0), .infix(a.1, ">=", b.1)], by: "AND")
        case .ne: .joined([.infix(a.0, "IS NOT", b.0), .infix(a.1, "IS NOT", b.1)], by: "OR")
        default: .joined([.infix(a.0, "IS", b.0), .infix(a.1, "IS", b.1)], by: "AND")
        }
    }

    func calculate(_ operation: STAExpression.Operator, _ a: STATerm, _ b: STATerm, _ place: Int) throws -> STATerm {
        if let one = a.number, let two = b.number {
            return STATerm(.number, operation == .mod ? .call("sta_mod", one, two) : .infix(one, sign(operation), two))
        }
        let isTime = { (term: STATerm) in [.instant, .day, .period].contains(term.form) }
        switch operation {
        case .add where isTime(a) && b.form == .duration: return STATerm(.instant, .infix(a.sql, "+", b.sql))
        case .add where a.form == .duration && isTime(b): return STATerm(.instant, .infix(a.sql, "+", b.sql))
        case .sub where isTime(a) && b.form == .duration: return STATerm(.instant, .infix(a.sql, "-", b.sql))
        case .sub where isTime(a) && isTime(b): return STATerm(.duration, .infix(a.sql, "-", b.sql))
        case .add where a.form == .duration && b.form == .duration, .sub where a.form == .duration && b.form == .duration:
            return STATerm(.duration, .infix(a.sql, sign(operation), b.sql))
        case .mul where a.form == .duration, .div where a.form == .duration:
            if let two = b.number { return STATerm(.duration, .infix(a.sql, sign(operation), two)) }
        case .mul where b.form == .duration:
            if let one = a.number { return STATerm(.duration, .infix(one, "*", b.sql)) }
        default: break
        }
        throw error("'\(operation.rawValue)' can't be used with \(a.form.rawValue) and \(b.form.rawValue)", at: place)
    }
}
