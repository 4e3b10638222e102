internal import LaresJSON

/// What an announcement says of one component: its options by their full names, "~" replaced.
///
/// Every value is checked when it is asked for; options nobody asks for are ignored, as newer versions have more of them.
struct Options: Sendable {
    private let values: [String: JSON]

    /// More words than this in one list are refused.
    static let longestList = 500

    /// Options, with the base topic that "~" stands for where it begins or ends a topic.
    init(_ values: [String: JSON]) {
        guard let base = values["~"]?.text else {
            self.values = values
            return
        }
        var values = values
        for (name, value) in values where name.hasSuffix("topic") {
            if let topic = value.text { values[name] = .string(Self.topic(topic, base)) }
        }
        if let sources = values["availability"] { values["availability"] = Self.sources(sources, base) }
        self.values = values
    }

    /// A topic with "~" at its beginning or end replaced.
    static func topic(_ topic: String, _ base: String) -> String {
        var topic = topic
        if topic.hasPrefix("~") { topic = base + topic.dropFirst() }
        if topic.hasSuffix("~") { topic = topic.dropLast() + base }
        return topic
    }

    private static func sources(_ json: JSON, _ base: String) -> JSON {
        switch json {
        case .array(let elements): return .array(elements.map { sources($0, base) })
        case .object(var members):
            for name in ["topic", "t"] {
                if let topic = members[name]?.text { members[name] = .string(self.topic(topic, base)) }
            }
            return .object(members)
        default: return json
        }
    }

    /// An option as it is; nil when it is left out or null.
    subscript(_ name: String) -> JSON? {
        guard let value = values[name], value != .null else { return nil }
        return value
    }

    /// The names of all options.
    var names: [String] { Array(values.keys) }

    /// Whether an option is there, null included.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Options that others hand down where these have none of the name.
    func inheriting(_ names: [String], from shared: [String: JSON]) -> Options {
        var all = values
        for name in names where all[name] == nil { all[name] = shared[name] }
        return Options(all)
    }

    /// A text of at most 1,024 bytes; numbers and true or false as Python prints them. Nil when it is left out or nothing of the kind.
    func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text): text.utf8.count <= 1_024 ? text : nil
        case .int, .double, .bool: self[name]?.pythonText
        default: nil
        }
    }

    /// A text that people are shown: at most 200 characters, none of them invisible.
    func name(_ name: String) -> String? { text(name).flatMap { CleanText.name($0) } }

    /// True or false, in any of the forms Home Assistant takes.
    func flag(_ name: String, or fallback: Bool = false) -> Bool { self[name].flatMap(Conversions.boolean) ?? fallback }

    /// A finite number.
    func number(_ name: String) -> Double? { self[name].flatMap(Conversions.number) }

    /// A list of words, or one word. Throws ``ThingsError`` for a list that is too long.
    func words(_ name: String) throws(ThingsError) -> [String]? {
        switch self[name] {
        case .array(let elements):
            guard elements.count <= Self.longestList else {
                throw ThingsError(.badAnnouncement, "'\(name)' has \(elements.count) words; there may be \(Self.longestList)")
            }
            return elements.compactMap { element in
                if case .array = element { return nil }
                if case .object = element { return nil }
                return CleanText.name(element.pythonText)
            }
        case .string(let word): return [word]
        default: return nil
        }
    }

    /// A topic. Throws ``ThingsError`` for a text that can't be one, wildcards among them: "#" would have everything that is said handed to one part.
    func topic(_ name: String) throws(ThingsError) -> String? {
        guard let topic = text(name), !topic.isEmpty else { return nil }
        // Those of the broker itself, "$CONTROL" among them, are no device's business.
        guard TopicName.isTopic(topic), !topic.hasPrefix("$") else {
            throw ThingsError(.badAnnouncement, "'\(name)' is \"\(CleanText.text(topic, limit: 80))\", which is not a topic")
        }
        return topic
    }

    /// The topics that commands go to.
    func commandTopics() throws(ThingsError) -> [String] {
        var topics: [String] = []
        for name in names.sorted() where name.hasSuffix("command_topic") || (name.hasPrefix("set_") && name.hasSuffix("_topic")) {
            if let topic = try topic(name), !topics.contains(topic) { topics.append(topic) }
        }
        return topics
    }

    /// A template. Throws ``ThingsError`` for one that can't be read.
    func template(_ name: String) throws(ThingsError) -> ValueTemplate? {
        guard case .string(let source)? = self[name], !source.isEmpty else { return nil }
        return try ValueTemplate(source)
    }

    /// The first template there is of these.
    func template(_ names: [String]) throws(ThingsError) -> ValueTemplate? {
        for name in names {
            if let template = try template(name) { return template }
        }
        return nil
    }

    /// How surely its messages arrive.
    var quality: MQTTMessage.Quality {
        number("qos").flatMap { UInt8(exactly: $0) }.flatMap(MQTTMessage.Quality.init(rawValue:)) ?? .atMostOnce
    }
}
