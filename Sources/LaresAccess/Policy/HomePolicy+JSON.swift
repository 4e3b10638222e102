import LaresJSON

extension HomePolicy {
    /// The longest policy that is read, in bytes.
    public static let largest = 256 * 1024

    /// Reads a policy, strictly: what is misspelt is refused, what is left out is as usual.
    ///
    ///     {"version": 1, "hazards": {"opens": {"guest": "pin"}}, "scopes": {"guest": {"areas": ["hall"]}},
    ///      "keys": {"kitchen panel": {"areas": ["kitchen"]}}, "confirmation_seconds": 60}
    ///
    /// - Throws: ``AccessError`` with `badPolicy`, which names the member.
    public init(parsing text: String) throws(AccessError) {
        guard text.utf8.count <= Self.largest else {
            throw AccessError(.badPolicy, "a policy has at most \(Self.largest) bytes, this one \(text.utf8.count)")
        }
        do {
            try self.init(JSONFields(JSON(parsing: Array(text.utf8))))
        } catch {
            throw AccessError(.badPolicy, "the policy can't be used: \(error.message)")
        }
    }

    private init(_ fields: JSONFields) throws(JSONError) {
        self.init()
        var fields = fields
        guard try fields.int("version", in: 1...1) != nil else { throw fields.error("version", "is missing: it is 1") }
        if var hazards = try fields.fields("hazards") {
            for hazard in Self.hazards { try read(hazard, &hazards) }
            try hazards.end()
        }
        if var roles = try fields.fields("scopes") {
            for role in Role.allCases {
                guard let scope = try roles.fields(role.rawValue).map({ fields throws(JSONError) in try Scope(fields) }) else { continue }
                // One without limits is as if it weren't there; observers don't see what an initializer sets.
                scopes[role] = scope == Scope() ? nil : scope
            }
            try roles.end()
        }
        if let keys = fields.value("keys") { keyScopes = try Self.keyScopes(keys) }
        if let seconds = try fields.int("confirmation_seconds", in: 10...600) { confirmationSeconds = seconds }
        try fields.end()
    }

    private mutating func read(_ hazard: Deed.Hazard, _ hazards: inout JSONFields) throws(JSONError) {
        guard var roles = try hazards.fields(hazard.rawValue) else { return }
        for role in Self.roles {
            guard let answer = try roles.choice(role.rawValue, of: Answer.self) else { continue }
            guard role != .agent || answer != .allow else {
                throw roles.error(role.rawValue, "may not be \"allow\": an agent does nothing dangerous without a person")
            }
            set(answer, to: hazard, of: role)
        }
        try roles.end()
    }

    private static func keyScopes(_ value: JSON) throws(JSONError) -> [String: Scope] {
        _ = try JSONFields(value, at: "keys")
        guard case .object(let members) = value, members.count <= 1000 else {
            throw JSONError(message: "'keys' has more than 1000 members")
        }
        var scopes: [String: Scope] = [:]
        for (name, scope) in members {
            guard name.isName else { throw JSONError(message: "'keys' has a member that can't be the name of a key") }
            scopes[name] = try Scope(JSONFields(scope, at: "keys.\(name)"))
        }
        return scopes
    }

    private static let hazards: [Deed.Hazard] = [.opens, .disarms, .heats]
    private static let roles = Role.allCases.filter { $0 != .viewer }

    /// The whole policy as `init(parsing:)` reads it, with what is as usual spelt out.
    public var text: String {
        var hazards = JSON.Members(), scopes = JSON.Members(), keys = JSON.Members()
        for hazard in Self.hazards {
            let answers: [(String, JSON)] = Self.roles.map { ($0.rawValue, .string(answer(to: hazard, of: $0).rawValue)) }
            hazards.append(hazard.rawValue, .object(answers.reduce(into: JSON.Members()) { $0.append($1.0, $1.1) }))
        }
        for role in Role.allCases { scopes.append(role.rawValue, (self.scopes[role] ?? Scope()).json) }
        for (name, scope) in keyScopes.sorted(by: { $0.key < $1.key }) { keys.append(name, scope.json) }
        return JSON.object([
            "version": 1, "hazards": .object(hazards), "scopes": .object(scopes), "keys": .object(keys),
            "confirmation_seconds": .int(confirmationSeconds),
        ]).serialized
    }
}
