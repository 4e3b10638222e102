/// Expressions, by precedence climbing.
extension STAScanner {
    /// An expression; it ends before ";", "," or ")" that isn't its own.
    ///
    /// - Parameter rank: Only operators that bind tighter than this belong to it.
    mutating func expression(tighterThan rank: Int = 0) throws -> STAExpression {
        try enter()
        defer { leave() }
        var left = try prefix()
        while true {
            let start = at
            guard let word = name() else { break }
            if let operation = STAExpression.Operator(rawValue: word), operation.rank > rank {
                left = .binary(operation, left, try expression(tighterThan: operation.rank), at: start)
            } else if word == "in", rank < 3 {
                left = .among(left, try arguments(), at: start)
            } else {
                at = start
                break
            }
        }
        return left
    }

    private mutating func prefix() throws -> STAExpression {
        skipSpace()
        let start = at
        if next == UInt8(ascii: "-"), at + 1 < bytes.count, !Self.isDigit(bytes[at + 1]) {
            at += 1
            return .negative(try expression(tighterThan: 6), at: start)
        }
        let mark = at
        if let word = name() {
            skipSpace()
            // "not" in front of a bracket or with a space behind it; a property may be called so.
            if word == "not", next == UInt8(ascii: "(") || (at > mark + 3 && !isOperatorNext()) {
                return .not(try expression(tighterThan: 2))
            }
            at = mark
        }
        return try value()
    }

    private func isOperatorNext() -> Bool {
        var copy = self
        return copy.name().flatMap { STAExpression.Operator(rawValue: $0) } != nil
    }

    private mutating func value() throws -> STAExpression {
        guard let byte = next else { throw error("a value was expected") }
        if byte == UInt8(ascii: "(") {
            at += 1
            let inner = try expression()
            try expect(")")
            return inner
        }
        if byte == 0x27 { return .literal(.text(try quoted())) }
        if Self.isDigit(byte) || byte == UInt8(ascii: "-") { return .literal(try numberOrTime()) }
        let start = at
        guard let word = name() else { throw error("a value, a property or a function was expected") }
        if let literal = try literal(word, start) { return .literal(literal) }
        if take(UInt8(ascii: "(")) {
            at -= 1
            return .call(word.lowercased(), try arguments(), at: start)
        }
        return .path(try path(from: word), at: start)
    }

    private mutating func literal(_ word: String, _ start: Int) throws -> STAExpression.Literal? {
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "duration" where next == 0x27:
            guard let duration = STADuration.milliseconds(try quoted()) else {
                throw error("a duration such as duration'P1DT2H' was expected, of weeks, days, hours, minutes and seconds", at: start)
            }
            return .duration(duration)
        case "geography" where next == 0x27, "geometry" where next == 0x27:
            let text = try quoted()
            guard STAGeometry(wkt: text) != nil else {
                throw error("well-known text such as geography'POINT(8.4 49.0)' was expected", at: start)
            }
            return .geometry(text)
        case "datetimeoffset" where next == 0x27, "datetime" where next == 0x27:
            guard let time = STATime.instant(try quoted()) else {
                throw error("a time such as 2015-03-01T00:40:00Z was expected", at: start)
            }
            return .instant(time)
        default: return nil
        }
    }

    /// `(a, b, …)`
    private mutating func arguments() throws -> [STAExpression] {
        try expect("(")
        if take(UInt8(ascii: ")")) { return [] }
        var arguments: [STAExpression] = []
        repeat { arguments.append(try expression()) } while take(UInt8(ascii: ","))
        try expect(")")
        return arguments
    }

    /// The rest of a path: names joined by "/", the later ones may be numbers of elements.
    mutating func path(from first: String) throws -> [String] {
        var path = [first]
        while next == UInt8(ascii: "/") {
            at += 1
            guard let name = run() else { throw error("a name was expected after '/'") }
            path.append(name)
            if path.count > Self.maximumDepth { throw error("the path has more than \(Self.maximumDepth) names") }
        }
        return path
    }

    private mutating func numberOrTime() throws -> STAExpression.Literal {
        let start = at
        if let time = try time() { return time }
        if next == UInt8(ascii: "-") { at += 1 }
        while let byte = next, Self.isDigit(byte) { at += 1 }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            (at, isWhole) = (at + 1, false)
            while let byte = next, Self.isDigit(byte) { at += 1 }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            (at, isWhole) = (at + 1, false)
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            while let byte = next, Self.isDigit(byte) { at += 1 }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if let byte = next, Self.isWord(byte) { throw error("a number ends with a letter", at: start) }
        if isWhole, let number = Int64(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else { throw error("'\(text.prefix(40))' is no number", at: start) }
        return .number(number)
    }

    /// A point in time, a stretch of it, a day or a time of day; nil where a number begins.
    private mutating func time() throws -> STAExpression.Literal? {
        var scanner = STATimeScanner(bytes, at: at)
        let start = at
        if let instant = scanner.instant() {
            guard scanner.take(UInt8(ascii: "/")) else {
                at = scanner.at
                return .instant(instant)
            }
            guard let end = scanner.instant(), end >= instant else { throw error("a later time was expected after '/'", at: start) }
            at = scanner.at
            return .period(instant, end)
        }
        scanner = STATimeScanner(bytes, at: at)
        if let day = scanner.day() {
            at = scanner.at
            if let byte = next, Self.isWord(byte) { throw error("a time such as 2015-03-01T00:40:00Z was expected", at: start) }
            return .day(Int64(day) * 86_400_000)
        }
        scanner = STATimeScanner(bytes, at: at)
        guard let clock = scanner.clock() else { return nil }
        at = scanner.at
        return .clock(Int64(clock))
    }
}
