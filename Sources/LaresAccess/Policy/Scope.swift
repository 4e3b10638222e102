import LaresJSON

/// Which things somebody sees and sets: those that all of its lists allow.
public struct Scope: Sendable, Hashable {
    /// Ids of areas; nil: all, and things that are in none.
    public var areas: Set<String>?
    /// What things mostly are: "light"; nil: all.
    public var categories: Set<String>?
    /// Things by their lasting names; nil: all.
    public var things: Set<String>?

    /// A scope; what is left out is not limited.
    public init(areas: Set<String>? = nil, categories: Set<String>? = nil, things: Set<String>? = nil) {
        (self.areas, self.categories, self.things) = (areas, categories, things)
    }

    /// Whether a thing is in it.
    public func contains(_ target: Deed.Target) -> Bool {
        (areas.map { areas in target.area.map(areas.contains) ?? false } ?? true)
            && (categories?.contains(target.category) ?? true) && (things?.contains(target.thing) ?? true)
    }
}

extension Scope {
    /// Reads `{"areas": ["hall"], "categories": ["light"], "things": ["hall/lamp"]}`: at most 1,000 words each, of at most 256 bytes.
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        areas = try Self.words("areas", &fields)
        categories = try Self.words("categories", &fields)
        things = try Self.words("things", &fields)
        try fields.end()
    }

    private static func words(_ key: String, _ fields: inout JSONFields) throws(JSONError) -> Set<String>? {
        guard let words = try fields.strings(key) else { return nil }
        guard words.count <= 1000 else { throw fields.error(key, "has \(words.count) words; it may have 1000") }
        for word in words where !(1...256).contains(word.utf8.count) { throw fields.error(key, "has a word of \(word.utf8.count) bytes") }
        return Set(words)
    }

    /// What `init` reads.
    var json: JSON {
        var members = JSON.Members()
        for (key, words) in [("areas", areas), ("categories", categories), ("things", things)] {
            if let words { members.append(key, .array(words.sorted().map(JSON.string))) }
        }
        return .object(members)
    }
}
