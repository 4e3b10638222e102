/// Who may have what done, and what is asked of them first. Plain data; the same deed always gets the same decision.
///
/// A hazard and a role give an answer; of several hazards and roles the strictest counts. Some things no policy can allow: a model, an
/// agent, a rule or a voice never does what is dangerous without a person, and who may only look sets nothing.
public struct HomePolicy: Sendable, Hashable {
    /// What a hazard asks of a role, from the mildest to the strictest.
    public enum Answer: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Nothing.
        case allow
        /// That a person says they mean it.
        case confirm
        /// A PIN of who has one; who has none confirms.
        case pinIfSet = "pin_if_set"
        /// A PIN.
        case pin
        /// It isn't done.
        case refuse

        /// Whether the first is milder.
        public static func < (a: Answer, b: Answer) -> Bool { a.rank < b.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
    }

    /// What becomes of a deed.
    public enum Decision: Sendable, Hashable {
        /// It may be done.
        case allowed
        /// A person must say that they mean it.
        case needsConfirmation
        /// A person must give their PIN.
        case needsPIN
        /// It isn't done, whoever says what.
        case refused(Refusal)
    }

    /// Why a deed isn't done.
    public enum Refusal: String, Sendable, Hashable, CaseIterable {
        /// Their role looks only.
        case looksOnly = "looks_only"
        /// The thing isn't among those that they may see and set.
        case outOfScope = "out_of_scope"
        /// The policy lets nobody of their role do what is dangerous in this way.
        case tooDangerous = "too_dangerous"
        /// The order is too long to be shown to a person.
        case tooLong = "too_long"
        /// It was to be done later, and the key of who wanted it opens nothing any more.
        case keyEnded = "key_ended"
    }

    /// A hazard in the hands of a role.
    struct Cell: Hashable {
        let hazard: Deed.Hazard
        let role: Role
    }

    private var answers: [Cell: Answer] = [:]
    /// What each role sees and sets; a role that isn't there is not limited.
    public var scopes: [Role: Scope] { didSet { scopes = scopes.filter { $0.value != Scope() } } }
    /// What the holder of a key sees and sets, by the key's name, within what their role may.
    public var keyScopes: [String: Scope] = [:]
    /// How long a question waits for an answer, in seconds: 10…600.
    public var confirmationSeconds = 60

    /// The policy of a home that set none.
    public init() {
        scopes = [.agent: Scope(categories: Self.exposed)]
        for hazard in [Deed.Hazard.opens, .disarms, .heats] {
            for role in Role.allCases { set(Self.usual(hazard, role), to: hazard, of: role) }
        }
    }

    private static func usual(_ hazard: Deed.Hazard, _ role: Role) -> Answer {
        switch role {
        case .owner, .resident: hazard == .heats ? .confirm : .pinIfSet
        case .agent: .confirm
        case .guest, .child, .viewer: .refuse
        }
    }

    /// What models see of a home that said nothing else. Cameras, people's whereabouts and texts are for the owner to expose.
    private static let exposed: Set = [
        "alarm_control_panel", "binary_sensor", "button", "climate", "cover", "event", "fan", "humidifier", "lawn_mower", "light", "lock",
        "number", "scene", "select", "sensor", "siren", "switch", "vacuum", "valve", "water_heater",
    ]

    /// What a hazard asks of a role. An agent is asked for a person at least, whatever was set.
    public func answer(to hazard: Deed.Hazard, of role: Role) -> Answer {
        if role == .viewer { return .refuse }
        if hazard == .unknown {
            return [Deed.Hazard.opens, .disarms, .heats].map { answer(to: $0, of: role) }.max() ?? .refuse
        }
        return answers[Cell(hazard: hazard, role: role)] ?? .refuse
    }

    /// Sets what a hazard asks of a role. What ``Deed/Hazard/unknown`` asks follows from the others, and a viewer is always refused.
    public mutating func set(_ answer: Answer, to hazard: Deed.Hazard, of role: Role) {
        guard hazard != .unknown, role != .viewer else { return }
        answers[Cell(hazard: hazard, role: role)] = max(answer, role == .agent ? .confirm : .allow)
    }
}

extension HomePolicy {
    /// The same policy where things are called otherwise: new names by old ones.
    package func calling(things names: [String: String]) -> HomePolicy {
        func renamed(_ scope: Scope) -> Scope {
            Scope(
                areas: scope.areas, categories: scope.categories, things: scope.things.map { Set($0.map { names[$0] ?? $0 }) })
        }
        var policy = self
        (policy.scopes, policy.keyScopes) = (scopes.mapValues(renamed), keyScopes.mapValues(renamed))
        return policy
    }

    /// Whether somebody sees a thing, and may set it if their role sets anything.
    public func shows(_ target: Deed.Target, to principal: Principal, through path: Deed.Path) -> Bool {
        Self.roles(principal, path).allSatisfy { scopes[$0]?.contains(target) ?? true }
            && (keyScopes[principal.name]?.contains(target) ?? true)
    }

    /// Judges a deed.
    ///
    /// - Parameter hasPIN: Whether the person who acts has a PIN; for a principal of whom nobody knows the person, whether anybody has.
    public func decision(on deed: Deed, hasPIN: Bool) -> Decision {
        let roles = Self.roles(deed.principal, deed.path)
        guard roles.allSatisfy(\.mayControl) else { return .refused(.looksOnly) }
        guard shows(deed.target, to: deed.principal, through: deed.path) else { return .refused(.outOfScope) }
        let asked = deed.hazards.flatMap { hazard in roles.map { answer(to: hazard, of: $0) } }.max()
        guard let asked else { return .allowed }
        switch max(asked, deed.path.isByHand ? .allow : .confirm) {
        case .allow: return .allowed
        case .confirm: return .needsConfirmation
        case .pinIfSet: return hasPIN ? .needsPIN : .needsConfirmation
        case .pin: return .needsPIN
        case .refuse: return .refused(.tooDangerous)
        }
    }

    /// Whoever acts through a model is an agent too.
    private static func roles(_ principal: Principal, _ path: Deed.Path) -> Set<Role> {
        path == .model ? principal.roles.union([.agent]) : principal.roles
    }
}
