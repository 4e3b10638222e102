public import LaresJSON

extension Rule {
    /// Reads and checks a rule. Throws ``RuleError`` with `badRule` that names the place; unknown members are errors.
    public init(_ json: JSON) throws(RuleError) {
        do throws(JSONError) {
            try self.init(JSONFields(json))
        } catch {
            throw RuleError(.badRule, "the rule: \(error.message)")
        }
        try check()
    }

    /// Reads a text, which the caller has bounded. Throws ``RuleError`` with `badRule`.
    public init(parsing bytes: [UInt8]) throws(RuleError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw RuleError(.badRule, "the rule is not JSON: \(error.message)")
        }
        try self.init(json)
    }

    private init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let name = try fields.label("name")
        let id = try fields.string("id")
        guard id == nil || id.flatMap(RuleID.init) != nil else {
            throw fields.error("id", "must have 1 to 60 lower-case letters, digits, '_' and '-'")
        }
        var triggers: [RuleTrigger] = []
        for object in try fields.list("when", most: 64) { triggers.append(try RuleTrigger(object)) }
        self.init(
            name, id: id.flatMap(RuleID.init), note: try fields.string("note"), isEnabled: try fields.bool("enabled") ?? true,
            pausedUntil: try fields.instant("paused_until"), when: triggers, only: try fields.conditions("only"),
            then: try fields.actions("then"), mode: try RuleMode(&fields),
            variables: try fields.members("variables"), missed: try MissedPolicy(try fields.fields("missed")))
        try fields.end()
    }

    /// The rule as plain data, which ``init(_:)-(JSON)`` reads back as the same rule.
    public var json: JSON {
        var members: JSON.Members = ["id": .string(id.description), "name": .string(name)]
        members["note"] = note.map { .string($0) }
        if !isEnabled { members["enabled"] = false }
        members["paused_until"] = pausedUntil.map { .string(ISO8601.text($0)) }
        if !variables.isEmpty { members["variables"] = JSON.members(variables) }
        members["when"] = .array(triggers.map(\.json))
        if !conditions.isEmpty { members["only"] = .array(conditions.map(\.json)) }
        members["then"] = .array(actions.map(\.json))
        members["mode"] = .string(mode.word)
        if case .queued(let most) = mode { members["most"] = .int(most) }
        if case .parallel(let most) = mode { members["most"] = .int(most) }
        if missed != .skip { members["missed"] = missed.json }
        return .object(members)
    }
}

extension RuleMode {
    private enum Name: String, CaseIterable { case single, restart, queued, parallel }

    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        let name: Name = try fields.choice("mode") ?? .single
        let most = try fields.int("most", in: Self.allowed)
        switch name {
        case .single: self = .single
        case .restart: self = .restart
        case .queued: self = .queued(most: most ?? Self.usual)
        case .parallel: self = .parallel(most: most ?? Self.usual)
        }
        guard most == nil || name == .queued || name == .parallel else { throw fields.error("most", "is for 'queued' and 'parallel'") }
    }

    fileprivate var word: String {
        switch self {
        case .single: Name.single.rawValue
        case .restart: Name.restart.rawValue
        case .queued: Name.queued.rawValue
        case .parallel: Name.parallel.rawValue
        }
    }
}
