internal import Foundation

/// What a home does by itself: when something happens, only if something holds, then do something. Plain data that a person writes, a model
/// proposes, and a file keeps.
///
/// ```json
/// {
///   "id": "hall-light", "name": "Hall light after dusk",
///   "when": [{"becomes": "hall/motion/motion", "to": true}],
///   "only": [{"between": ["sunset", "sunrise"]}],
///   "then": [{"set": {"hall/lamp/on": true}}, {"after": "5m", "then": [{"set": {"hall/lamp/on": false}}]}],
///   "mode": "restart"
/// }
/// ```
///
/// ```swift
/// let rule = Rule("Hall light after dusk",
///     when: .becomes("hall/motion/motion", true), only: .between(.sunset, .sunrise),
///     then: [.set("hall/lamp/on", true), .after(.minutes(5), .set("hall/lamp/on", false))])
/// ```
public struct Rule: Hashable, Sendable {
    /// Its lasting name, under which causes and traces know it.
    public let id: RuleID
    /// What people call it; 1 to 200 characters.
    public let name: String
    /// What it is for, for people.
    public let note: String?
    /// Whether it is switched on.
    public var isEnabled: Bool
    /// Before this moment, in seconds since 1970-01-01T00:00:00Z, nothing triggers it; nil: it isn't paused.
    public var pausedUntil: Int?
    /// What makes it look; any of these.
    public let triggers: [RuleTrigger]
    /// What must hold; all of these.
    public let conditions: [RuleCondition]
    /// What it does, in order.
    public let actions: [RuleAction]
    /// What happens when it is triggered while it is still at it.
    public let mode: RuleMode
    /// Values that its templates can name, worked out in order when it is triggered.
    public let variables: [RuleMember]
    /// What happens with times that came while nobody was there to act on them.
    public let missed: MissedPolicy

    /// A rule. The id follows from the name unless it is given.
    public init(
        _ name: String, id: RuleID? = nil, note: String? = nil, isEnabled: Bool = true, pausedUntil: Int? = nil,
        when triggers: [RuleTrigger], only conditions: [RuleCondition] = [], then actions: [RuleAction], mode: RuleMode = .single,
        variables: [RuleMember] = [],
        missed: MissedPolicy = .skip
    ) {
        (self.id, self.name, self.note, self.isEnabled) = (id ?? RuleID(naming: name), name, note, isEnabled)
        self.pausedUntil = pausedUntil
        (self.triggers, self.conditions, self.actions) = (triggers, conditions, actions)
        (self.mode, self.variables, self.missed) = (mode, variables, missed)
    }

    /// A rule with one trigger and at most one condition.
    public init(
        _ name: String, id: RuleID? = nil, when trigger: RuleTrigger, only condition: RuleCondition? = nil, then actions: [RuleAction],
        mode: RuleMode = .single
    ) {
        self.init(name, id: id, when: [trigger], only: condition.map { [$0] } ?? [], then: actions, mode: mode)
    }
}

/// What happens when a rule is triggered while it is still at it.
public enum RuleMode: Hashable, Sendable {
    /// Nothing.
    case single
    /// It stops and begins again.
    case restart
    /// It begins again when it is done; so many runs may be going and waiting.
    case queued(most: Int)
    /// It does both at once; so many runs may be going.
    case parallel(most: Int)

    /// How many runs there may be.
    public static let allowed = 1...100
    /// How many runs there are at most, unless it is said.
    public static let usual = 10

    /// How many runs there may be.
    public var most: Int {
        switch self {
        case .single, .restart: 1
        case .queued(let most), .parallel(let most): most
        }
    }
}

extension Rule {
    /// Whether it is paused at a moment.
    func isPaused(at now: Date) -> Bool { pausedUntil.map { now < $0.date } ?? false }
}
