public import LaresJSON

/// What people said of a thing, which goes before what it says of itself.
public struct Wording: Hashable, Sendable {
    /// What they call it; nil: as it calls itself.
    public var name: String?
    /// What they call it in other languages, by BCP 47 tag.
    public var names: [String: String] = [:]
    /// Other words for it.
    public var aliases: [String] = []
    /// Where it is; nil: where it says it is.
    public var area: AreaID?
    /// What setting its properties may do that a person must want, by their names; nil inside: nothing, whatever the thing says.
    public var hazards: [String: Hazard?] = [:]

    /// Nothing said.
    public init() {}

    /// Nothing said.
    public var isEmpty: Bool { self == Wording() }
}

extension Wording {
    /// As JSON, for files and the API.
    public var json: JSON {
        var members = JSON.Members()
        if let name { members.append("name", .string(name)) }
        if !names.isEmpty { members.append("names", JSON.texts(names)) }
        if !aliases.isEmpty { members.append("aliases", .array(aliases.map { .string($0) })) }
        if let area { members.append("area", .string(area.description)) }
        if !hazards.isEmpty { members.append("hazards", JSON.texts(hazards.mapValues { $0?.rawValue ?? Self.harmless })) }
        return .object(members)
    }

    private static let harmless = "none"

    /// Reads what ``json`` writes. Names have at most 200 characters, and there are at most 50 of them.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        name = try fields.name("name")
        names = try fields.names("names")
        aliases = try fields.aliases("aliases")
        if let text = try fields.string("area") {
            guard let id = AreaID(text) else { throw fields.error("area", "must be the id of an area") }
            area = id
        }
        hazards = try Self.hazards(&fields)
        try fields.end()
    }
}

extension Wording {
    private static func hazards(_ fields: inout JSONFields) throws(JSONError) -> [String: Hazard?] {
        guard let value = fields.value("hazards") else { return [:] }
        guard case .object(let members) = value, members.count <= 200 else {
            throw fields.error("hazards", "must be an object of up to 200 properties")
        }
        var hazards: [String: Hazard?] = [:]
        for (name, said) in members {
            let hazard = said.text.flatMap(Hazard.init)
            guard name.utf8.count <= 120, hazard != nil || said.text == harmless else {
                throw fields.error("hazards.\(name.prefix(40))", "must be opens, disarms, heats or none")
            }
            hazards.updateValue(hazard, forKey: name)
        }
        return hazards
    }
}

extension Area {
    /// As JSON, for files and the API.
    public var json: JSON {
        var members: JSON.Members = ["id": .string(id.description), "name": .string(name)]
        if !names.isEmpty { members.append("names", JSON.texts(names)) }
        if !aliases.isEmpty { members.append("aliases", .array(aliases.map { .string($0) })) }
        if let level { members.append("level", .int(level)) }
        return .object(members)
    }

    /// Reads what ``json`` writes; the id may be left out, and follows from the name then.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        guard let name = try fields.name("name") else { throw fields.error("name", "is missing: what people call it") }
        let text = try fields.string("id") ?? AreaID(naming: name).description
        guard let id = AreaID(text) else { throw fields.error("id", "must have 1 to 60 lower-case letters, digits, '_' and '-'") }
        self.init(
            id: id, name: name, names: try fields.names("names"), aliases: try fields.aliases("aliases"),
            level: try fields.int("level", in: -20...200))
        try fields.end()
    }
}

extension JSON {
    static func texts(_ texts: [String: String]) -> JSON {
        var members = JSON.Members()
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) { members.append(key, .string(text)) }
        return .object(members)
    }
}

extension JSONFields {
    /// A name that people give: 1 to 200 characters, none of them a control character.
    mutating func name(_ key: String) throws(JSONError) -> String? {
        guard let text = try string(key) else { return nil }
        guard PlainName.isName(text) else { throw error(key, "must have 1 to 200 characters, and no control characters") }
        return text
    }

    mutating func names(_ key: String) throws(JSONError) -> [String: String] {
        guard let value = value(key) else { return [:] }
        guard case .object(let members) = value, members.count <= 50 else {
            throw error(key, "must be an object of up to 50 names by language")
        }
        var names: [String: String] = [:]
        for (language, name) in members {
            guard let text = name.text, PlainName.isName(text), PlainName.isLanguage(language) else {
                throw error("\(key).\(language.prefix(40))", "must be a language, such as \"zh\", with a name of 1 to 200 characters")
            }
            names[language] = text
        }
        return names
    }

    mutating func aliases(_ key: String) throws(JSONError) -> [String] {
        let aliases = try strings(key) ?? []
        guard aliases.count <= 50, aliases.allSatisfy(PlainName.isName) else {
            throw error(key, "must have up to 50 names of 1 to 200 characters")
        }
        return aliases
    }
}

/// Names that people read.
package enum PlainName {
    /// Whether it has 1 to 200 characters, and no control characters.
    package static func isName(_ text: String) -> Bool {
        (1...200).contains(text.count) && text.utf8.count <= 2_000 && !text.unicodeScalars.contains { isControl($0) }
    }

    /// Whether it is a language tag (BCP 47): "en", "zh-Hans".
    static func isLanguage(_ text: String) -> Bool {
        text.utf8.count <= 35 && !text.isEmpty
            && text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy {
                (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 < 0x80 } && $0.allSatisfy { $0.isLetter || $0.isNumber }
            }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        // Directions and separators of lines can make a name look like another.
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
