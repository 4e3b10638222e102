/// What something is called that has a measurement and tags: "air" with station=7 and kind=no2.
///
/// It is the thing of a ``SeriesKey`` as the beginning of a line of InfluxDB's line protocol with its tags in order: `air,kind=no2,station=7`.
/// Both ways lose nothing. Without tags it is the measurement alone, so `hall/lamp brightness=3` is a reading of the home's lamp.
public struct TaggedName: Hashable, Sendable, CustomStringConvertible {
    /// One tag.
    public struct Tag: Hashable, Sendable {
        /// Its name.
        public let key: String
        /// Its value.
        public let value: String

        /// A tag.
        public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
    }

    /// What is measured.
    public let measurement: String
    /// What tells it from others, in order of the names' bytes.
    public let tags: [Tag]

    /// A name.
    ///
    /// - Throws: ``PointFault`` with `badName` for parts that are empty, have control characters or end in a backslash, which the line
    ///   protocol can't express, for a tag that is there twice, and for a measurement that begins with "@", which names a tenant.
    public init(_ measurement: String, tags: [Tag] = []) throws(PointFault) {
        let tags = tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        try Self.check(measurement, "a measurement")
        for (place, tag) in tags.enumerated() {
            try Self.check(tag.key, "the name of a tag")
            try Self.check(tag.value, "the tag '\(tag.key)'")
            guard place == 0 || tags[place - 1].key != tag.key else {
                throw PointFault(.badName, "the tag '\(tag.key)' is there twice: send it once")
            }
        }
        guard measurement.utf8.first != UInt8(ascii: "@") else {
            throw PointFault(.badName, "'\(measurement)' begins with '@', which names a tenant: call it otherwise")
        }
        (self.measurement, self.tags) = (measurement, tags)
    }

    private static func check(_ text: String, _ what: String) throws(PointFault) {
        guard let last = text.utf8.last else { throw PointFault(.badName, "\(what) is empty") }
        guard last != UInt8(ascii: "\\") else { throw PointFault(.badName, "\(what) ends in a backslash: leave it out") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw PointFault(.badName, "\(what) has a control character: leave it out")
        }
    }

    /// Reads a name back from the thing of a series.
    ///
    /// - Throws: ``PointFault`` with `badName`.
    public init(thing: String) throws(PointFault) { try self.init(head: Array(thing.utf8)) }

    /// The thing of a series.
    public var description: String {
        var text: [UInt8] = []
        Self.write(measurement, escaping: [UInt8(ascii: ","), UInt8(ascii: " ")], to: &text)
        for tag in tags {
            text.append(UInt8(ascii: ","))
            Self.write(tag.key, escaping: Self.special, to: &text)
            text.append(UInt8(ascii: "="))
            Self.write(tag.value, escaping: Self.special, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let special = [UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: " ")]

    private static func write(_ part: String, escaping special: [UInt8], to text: inout [UInt8]) {
        for byte in part.utf8 {
            if special.contains(byte) { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
    }
}

extension TaggedName {
    /// Reads the beginning of a line: a measurement, and tags behind commas. Spaces need no backslash here.
    init(head: [UInt8]) throws(PointFault) {
        var parts = Self.split(head[...], at: UInt8(ascii: ","))
        let measurement = try Self.text(parts.removeFirst(), also: false)
        var tags: [Tag] = []
        for part in parts {
            let sides = Self.split(part, at: UInt8(ascii: "="))
            guard sides.count == 2 else {
                throw PointFault(
                    .badName, "a tag of '\(measurement)' is not NAME=VALUE: write '=', ',' and spaces in it behind a backslash")
            }
            tags.append(Tag(try Self.text(sides[0], also: true), try Self.text(sides[1], also: true)))
        }
        try self.init(measurement, tags: tags)
    }

    /// Divides at a byte that no backslash stands before.
    private static func split(_ bytes: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var (start, at) = (bytes.startIndex, bytes.startIndex)
        while at < bytes.endIndex {
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.endIndex, special.contains(bytes[at + 1]) {
                at += 2
            } else if bytes[at] == separator {
                parts.append(bytes[start..<at])
                at += 1
                start = at
            } else {
                at += 1
            }
        }
        return parts + [bytes[start...]]
    }

    /// A part without its backslashes; those before "=" count in tags only (`also`).
    static func text(_ part: ArraySlice<UInt8>, also isTag: Bool) throws(PointFault) -> String {
        var plain: [UInt8] = []
        var at = part.startIndex
        while at < part.endIndex {
            if part[at] == UInt8(ascii: "\\"), at + 1 < part.endIndex, special.contains(part[at + 1]),
                isTag || part[at + 1] != UInt8(ascii: "=")
            {
                at += 1
            }
            plain.append(part[at])
            at += 1
        }
        guard let text = String(validating: plain, as: UTF8.self) else { throw PointFault(.badName, "a name is not valid UTF-8") }
        return text
    }
}
