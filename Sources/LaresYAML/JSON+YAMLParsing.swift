public import LaresJSON

extension JSON {
    /// How many bytes a YAML text may have: what people write and keep is far smaller.
    public static let maximumYAMLBytes = 1 << 20

    /// Reads one YAML document (YAML 1.2, core schema) that is plain data.
    ///
    /// Anchors, aliases and tags are refused, and so are keys that aren't texts, and a second document. What is read passes the bounds of JSON:
    /// depth, values, members.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8; at most ``maximumYAMLBytes``.
    ///   - maximumDepth: How deep lists and mappings may be nested.
    /// - Throws: ``YAMLError``, which says the line and column.
    public init(parsingYAML bytes: [UInt8], maximumDepth: Int = JSON.maximumDepth) throws(YAMLError) {
        guard bytes.count <= JSON.maximumYAMLBytes else {
            throw YAMLError(.tooLarge, YAMLPlace(), "the YAML has \(bytes.count) bytes; there may be \(JSON.maximumYAMLBytes)")
        }
        // Editors of some systems put a byte order mark in front, which libyaml refuses when it is told that the text is UTF-8.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        self = try text.withUnsafeBufferPointer { buffer throws(YAMLError) in
            try YAMLEvents.of(buffer) { events throws(YAMLError) in
                var reader = YAMLReader(events: events, maximumDepth: maximumDepth)
                return try reader.document()
            }
        }
    }
}

/// Makes a value of events; its depth is bounded, so its stack is too.
private struct YAMLReader {
    let events: YAMLEvents
    let maximumDepth: Int
    var depth = 0
    var values = 0

    mutating func document() throws(YAMLError) -> JSON {
        _ = try events.next()
        let start = try events.next()
        guard start.kind == .documentStart else { throw YAMLError(.syntax, start.place, "the text has no value in it") }
        if start.hasTag { throw YAMLError(.unsupported, start.place, "'%TAG' is not taken: plain data has no tags") }
        let value = try value(try events.next())
        _ = try events.next()
        let end = try events.next()
        guard end.kind == .streamEnd else {
            throw YAMLError(.unsupported, end.place, "a second document begins here: keep it in a file of its own")
        }
        return value
    }

    private mutating func value(_ event: YAMLEvent) throws(YAMLError) -> JSON {
        try check(event)
        values += 1
        if values > JSON.maximumValues { throw YAMLError(.tooLarge, event.place, "there are more than \(JSON.maximumValues) values") }
        switch event.kind {
        case .scalar(let text, false): return .string(text)
        case .scalar(let text, true):
            guard let value = YAMLScalar.value(text) else {
                throw YAMLError(.unsupported, event.place, "'\(text.prefix(40))' is no number that can be kept: quote it if it is a text")
            }
            return value
        case .sequenceStart: return try sequence(event.place)
        case .mappingStart: return try mapping(event.place)
        default: throw YAMLError(.syntax, event.place, "a value was expected here")
        }
    }

    private mutating func enter(_ place: YAMLPlace) throws(YAMLError) {
        depth += 1
        if depth > maximumDepth { throw YAMLError(.tooLarge, place, "lists and mappings are nested more than \(maximumDepth) levels deep") }
    }

    private mutating func sequence(_ place: YAMLPlace) throws(YAMLError) -> JSON {
        try enter(place)
        var elements: [JSON] = []
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { break }
            elements.append(try value(event))
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func mapping(_ place: YAMLPlace) throws(YAMLError) -> JSON {
        try enter(place)
        var (members, seen): (JSON.Members, Set<String>) = ([:], [])
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { break }
            let key = try key(event)
            guard seen.insert(key).inserted else {
                throw YAMLError(.duplicate, event.place, "'\(key.prefix(80))' stands there twice: keep one")
            }
            if seen.count > JSON.maximumMembers {
                throw YAMLError(.tooLarge, event.place, "a mapping has more than \(JSON.maximumMembers) members")
            }
            members.append(key, try value(try events.next()))
        }
        depth -= 1
        return .object(members)
    }

    private func key(_ event: YAMLEvent) throws(YAMLError) -> String {
        try check(event)
        guard case .scalar(let text, let isPlain) = event.kind else {
            throw YAMLError(.unsupported, event.place, "a list or mapping can't be a key: keys are texts")
        }
        if isPlain, YAMLScalar.value(text) != .string(text) {
            throw YAMLError(.unsupported, event.place, "the key '\(text.prefix(40))' is not a text: write it in quotes")
        }
        return text
    }

    private func check(_ event: YAMLEvent) throws(YAMLError) {
        if event.kind == .alias || event.hasAnchor {
            throw YAMLError(.unsupported, event.place, "anchors and aliases ('&', '*') are not taken: write out what they stand for")
        }
        if event.hasTag { throw YAMLError(.unsupported, event.place, "tags ('!') are not taken: plain data has none; quote the text") }
    }
}
