/// Query options, at the top of an address and inside the brackets of `$expand`.
extension STAScanner {
    /// How many entities a page may have.
    static let maximumTop = 10_000

    /// Reads one option into `options`; `self` stands behind its "=".
    mutating func option(_ name: String, into options: inout STAOptions) throws {
        let start = at
        switch name {
        case "$filter": options.filter = try expression()
        case "$orderby": options.order = try orders()
        case "$select": options.select = try names()
        case "$expand": try expansions(into: &options)
        case "$top": options.top = try whole(upTo: 1 << 40)
        case "$skip": options.skip = try whole(upTo: 1 << 40)
        case "$skiptoken": options.after = Int64(try whole(upTo: .max))
        case "$count": options.count = try flag()
        case "$resultFormat": options.isDataArray = try format()
        default:
            throw error(
                "'\(name.prefix(40))' is no option; there are $filter, $orderby, $select, $expand, $top, $skip, $count, $resultFormat")
        }
        skipSpace()
        options.source.append(STAOptions.Pair(name: name, text: String(decoding: bytes[start..<at], as: UTF8.self)))
    }

    /// - Throws: ``SensorThingsError`` when something is left.
    mutating func end() throws {
        skipSpace()
        guard isAtEnd else { throw error("an operator, or the end, was expected") }
    }

    private mutating func orders() throws -> [STAOptions.Order] {
        var orders: [STAOptions.Order] = []
        repeat {
            let by = try expression()
            let mark = at
            let word = name()?.lowercased()
            if word != nil, word != "asc", word != "desc" { throw error("'asc' or 'desc' was expected", at: mark) }
            orders.append(STAOptions.Order(by: by, isDescending: word == "desc"))
        } while take(UInt8(ascii: ","))
        return orders
    }

    private mutating func names() throws -> [String] {
        var names: [String] = []
        repeat {
            guard let name = name() else { throw error("the name of a property was expected") }
            names.append(try path(from: name).joined(separator: "/"))
            try enter()
            leave()
        } while take(UInt8(ascii: ","))
        return names
    }

    private mutating func flag() throws -> Bool {
        let start = at
        switch name()?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw error("'true' or 'false' was expected", at: start)
        }
    }

    private mutating func format() throws -> Bool {
        let start = at
        switch name() {
        case "dataArray": return true
        case "default": return false
        default: throw error("'dataArray' was expected", at: start)
        }
    }

    private mutating func expansions(into options: inout STAOptions) throws {
        repeat {
            skipSpace()
            let start = at
            guard let first = name() else { throw error("the name of a link was expected") }
            let path = try path(from: first)
            try enter()
            var inner = STAOptions()
            if take(UInt8(ascii: "(")) {
                repeat { try innerOption(into: &inner) } while take(UInt8(ascii: ";"))
                try expect(")")
            }
            leave()
            options.add(path[...], at: start, inner)
        } while take(UInt8(ascii: ","))
    }

    private mutating func innerOption(into options: inout STAOptions) throws {
        guard let name = name() else { throw error("an option such as $top was expected") }
        try expect("=")
        skipSpace()
        try option(name, into: &options)
    }
}

extension STAOptions {
    /// Reads a query string, percent-encoded, "+" for a space; parameters that don't begin with "$" are left to others.
    ///
    /// - Throws: ``SensorThingsError`` (400) that says where it is wrong.
    init(query: String?) throws {
        self.init()
        guard let query, !query.isEmpty else { return }
        guard query.utf8.count <= 4 * STAScanner.maximumBytes else {
            throw SensorThingsError.bad("the query is too long: ask in several requests")
        }
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = STAQueryText.decoded(pair[0]), let text = STAQueryText.decoded(pair.count > 1 ? pair[1] : "") else {
                throw SensorThingsError.bad(
                    "the query has a '%' that no two hexadecimal digits follow, or is no UTF-8: '\(part.prefix(40))'")
            }
            guard name.hasPrefix("$") else { continue }
            guard !source.contains(where: { $0.name == name }) else { throw SensorThingsError.bad("'\(name.prefix(40))' comes twice") }
            var scanner = try STAScanner(name, text)
            try scanner.option(name, into: &self)
            try scanner.end()
        }
    }
}

/// Percent-encoding of what stands in a query (RFC 3986).
enum STAQueryText {
    static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) } }

    static func encoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            let isPlain = STAScanner.isWord(byte) && byte < 0x80 || "(),;/='!*~".utf8.contains(byte)
            if isPlain {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return out
    }
}
