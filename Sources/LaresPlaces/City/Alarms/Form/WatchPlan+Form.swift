public import LaresJSON

extension WatchPlan {
    /// Reads and checks a watch; unknown members are errors.
    ///
    /// - Throws: ``AlarmError`` with `badWatch`, which names the place.
    public init(_ json: JSON) throws(AlarmError) {
        do throws(JSONError) {
            try self.init(fields: JSONFields(json))
        } catch {
            throw AlarmError(.badWatch, "the watch: \(error.message)")
        }
    }

    private init(fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard case .string(let id) = try fields.required("id") else { throw fields.error("id", "must be a string") }
        let kind: WatchPlan.Kind = try fields.choice("kind") ?? .odd
        let things = try fields.string("things") ?? "#", properties = try Self.properties(&fields, kind)
        let severity: Alarm.Severity = try fields.choice("severity") ?? .major
        let threshold = try fields.double("threshold", in: kind.thresholds) ?? 0.5
        let learning = try fields.int("learning", in: 20...100_000) ?? 600
        let isEnabled = try fields.bool("enabled") ?? true
        let isBeyondThings = try fields.choice("scope", of: WatchScope.self) == .all
        try fields.end()
        guard WatchPlan.isID(id) else { throw fields.error("id", "must be 1 to 60 lower-case letters, digits, '_' and '-'") }
        guard
            let plan = WatchPlan(
                id: id, things: things, properties: properties, severity: severity, threshold: threshold, learning: learning,
                isBeyondThings: isBeyondThings, isEnabled: isEnabled, kind: kind)
        else {
            throw fields.error(
                "things", "and 'properties' must be names such as 'hall/meter' and 'power', or patterns: '+' for one level, '#' for all")
        }
        self = plan
    }

    /// One name, or a list of those that are watched together.
    private static func properties(_ fields: inout JSONFields, _ kind: Kind) throws(JSONError) -> [String] {
        guard kind == .multivariate else { return [try fields.string("properties") ?? "+"] }
        guard let names = try fields.strings("properties"), kind.counts.contains(names.count), Set(names).count == names.count else {
            throw fields.error("properties", "must be a list of \(kind.counts.lowerBound) to \(kind.counts.upperBound) names, each once")
        }
        return names
    }

    /// The watch as plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        var members: JSON.Members = [
            "id": .string(id), "things": .string(things), "properties": propertiesJSON, "severity": .string(severity.rawValue),
            "threshold": .number(threshold), "learning": .int(learning), "enabled": .bool(isEnabled),
        ]
        if kind != .odd { members.append("kind", .string(kind.rawValue)) }
        if isBeyondThings { members.append("scope", .string(WatchScope.all.rawValue)) }
        return .object(members)
    }

    private var propertiesJSON: JSON { kind == .multivariate ? .array(properties.map(JSON.string)) : .string(properties[0]) }
}

/// Which series a watch means: those of things of the home, or all.
private enum WatchScope: String, CaseIterable {
    case things, all
}
