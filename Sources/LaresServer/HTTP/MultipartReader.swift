/// Takes a `multipart/form-data` body apart while it arrives (RFC 7578; RFC 2046 §5.1).
///
/// A pure state machine: bytes go in, events come out. It keeps the header of one part and the length of a boundary, never a part.
package struct MultipartReader: Sendable {
    /// What was found, in order.
    package enum Event: Sendable, Equatable {
        /// A part begins: the field's name, and the file's where it is one.
        case part(name: String, file: String?)
        /// More of the part.
        case bytes([UInt8])
        /// The part is whole.
        case end
    }

    private enum State { case preamble, delimiter, header, body, epilogue }

    private static let longestHeader = 8 << 10
    private static let mostParts = 1_000

    private let delimiter: [UInt8]
    private var state = State.preamble
    // The first delimiter may stand at the very beginning: a line break before it makes it like every other.
    private var rest: [UInt8] = [0x0D, 0x0A]
    private var parts = 0

    /// - Parameter contentType: The header of the request; nil for one that isn't `multipart/form-data` with a boundary of 1 to 70 bytes.
    package init?(contentType: String?) {
        let pieces = (contentType ?? "").split(separator: ";").map { $0.trimmingSpaces() }
        guard pieces.first?.lowercased() == "multipart/form-data" else { return nil }
        let name = "boundary="
        guard let parameter = pieces.dropFirst().first(where: { $0.lowercased().hasPrefix(name) }) else { return nil }
        var boundary = parameter.dropFirst(name.count)
        if boundary.count > 1, boundary.first == "\"", boundary.last == "\"" { boundary = boundary.dropFirst().dropLast() }
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes the next bytes.
    ///
    /// - Throws: ``APIError`` (400) for what is no such body.
    package mutating func feed(_ piece: some Collection<UInt8>) throws -> [Event] {
        rest.append(contentsOf: piece)
        var events: [Event] = []
        var at = 0
        while let next = try step(from: at, &events) { at = next }
        rest.removeFirst(at)
        return events
    }

    /// The end of the body.
    ///
    /// - Throws: ``APIError`` (400) for a body that was cut short.
    package func finish() throws {
        guard state == .epilogue else { throw Self.error("ends before its closing boundary: it was cut short") }
    }

    /// Reads on from a place of `rest`; the place after it, nil when more bytes are needed. What lies before the place is not needed.
    private mutating func step(from at: Int, _ events: inout [Event]) throws -> Int? {
        switch state {
        case .preamble, .body: return takeBody(from: at, &events)
        case .delimiter: return try takeLineEnd(from: at)
        case .header: return try takeHeader(from: at, &events)
        case .epilogue: return at < rest.count ? rest.count : nil
        }
    }

    private mutating func takeBody(from at: Int, _ events: inout [Event]) -> Int? {
        let (found, safe) = place(of: delimiter, from: at)
        if state == .body, safe > at { events.append(.bytes(Array(rest[at..<safe]))) }
        guard found else { return safe > at ? safe : nil }
        if state == .body { events.append(.end) }
        state = .delimiter
        return safe + delimiter.count
    }

    /// Where a pattern begins, or where it still might.
    private func place(of pattern: [UInt8], from start: Int) -> (found: Bool, place: Int) {
        var at = start
        while let next = rest[at...].firstIndex(of: pattern[0]) {
            let length = min(pattern.count, rest.count - next)
            if rest[next..<(next + length)].elementsEqual(pattern[..<length]) { return (length == pattern.count, next) }
            at = next + 1
        }
        return (false, rest.count)
    }

    /// Behind a boundary stands the end of the line, or two dashes that end the body.
    private mutating func takeLineEnd(from at: Int) throws -> Int? {
        var end = at
        while end < rest.count, rest[end] == 0x20 || rest[end] == 0x09 { end += 1 }
        guard end - at <= 100 else { throw Self.error("has a boundary that does not end its line") }
        guard rest.count - end >= 2 else { return nil }
        switch (rest[end], rest[end + 1]) {
        case (0x2D, 0x2D) where end == at: state = .epilogue
        case (0x0D, 0x0A):
            parts += 1
            guard parts <= Self.mostParts else { throw Self.error("has more than \(Self.mostParts) parts") }
            state = .header
        default: throw Self.error("has a boundary that does not end its line")
        }
        return end + 2
    }

    private mutating func takeHeader(from at: Int, _ events: inout [Event]) throws -> Int? {
        let (found, end) = place(of: [0x0D, 0x0A, 0x0D, 0x0A], from: at)
        guard end - at <= Self.longestHeader else { throw Self.error("has a part whose header is longer than \(Self.longestHeader) bytes") }
        guard found else { return nil }
        guard let text = String(validating: rest[at..<end], as: UTF8.self), let event = Self.part(text) else {
            throw Self.error("has a part without 'Content-Disposition: form-data; name=…'")
        }
        events.append(event)
        state = .body
        return end + 4
    }

    private static func error(_ what: String) -> APIError { .invalid("the multipart body \(what)", code: "invalid_multipart") }
}

extension MultipartReader {
    private static func part(_ header: String) -> Event? {
        for line in header.split(separator: "\r\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, pair[0].trimmingSpaces().lowercased() == "content-disposition" else { continue }
            let parameters = parameters(pair[1])
            guard parameters["form-data"] != nil, let name = parameters["name"] else { return nil }
            return .part(name: name, file: parameters["filename"])
        }
        return nil
    }

    /// `form-data; name="a"; filename="b.csv"`: names in lower case; one without a value has an empty one. Browsers write `%22` for a quote
    /// inside quotes (HTML Living Standard §4.10.22.8), curl a backslash before it.
    private static func parameters(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == ";" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            var value = ""
            if rest.first == "=" { (value, rest) = Self.value(rest.dropFirst()) }
            let key = name.trimmingSpaces().lowercased()
            if !key.isEmpty, found[key] == nil { found[key] = value }
        }
        return found
    }

    private static func value(_ text: Substring) -> (String, Substring) {
        guard text.first == "\"" else {
            let plain = text.prefix { $0 != ";" }
            return (plain.trimmingSpaces(), text.dropFirst(plain.count))
        }
        var (value, rest) = ("", text.dropFirst())
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(rest.removeFirst())
            } else {
                value.append(character)
            }
        }
        return (value.replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing("%0A", with: "\n"), rest)
    }
}
