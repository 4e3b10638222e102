import LaresJSON
import LaresThings

/// A kind of trigger, condition or action that the form of rules has fields for.
struct RulePartKind: Sendable {
    /// The member of the rule's data that says what it is; it holds the first field's value, if the kind isn't written otherwise.
    let verb: String
    let fields: [Field]

    struct Field: Sendable {
        /// The member of the rule's data.
        let key: String
        let input: Input
        var isNeeded = false
    }

    /// What a person fills in.
    enum Input: Sendable {
        case address, thing, scene, number, text, moment, span, flag, days, list, online
        /// A value of the property that another field names.
        case value(of: String)
        /// Actions inside this one.
        case actions
    }
}

/// The three parts of a rule.
enum RuleSection: String, CaseIterable, Sendable {
    case when, only, then

    /// What its form offers, in the order in which people want it.
    var kinds: [RulePartKind] {
        switch self {
        case .when: Self.triggers
        case .only: Self.conditions
        case .then: Self.actions
        }
    }

    func kind(_ verb: String) -> RulePartKind? { kinds.first { $0.verb == verb } }

    private static let triggers = [
        RulePartKind(
            verb: "becomes",
            fields: [
                .init(key: "becomes", input: .address, isNeeded: true), .init(key: "to", input: .value(of: "becomes")),
                .init(key: "for", input: .span),
            ]),
        RulePartKind(
            verb: "crosses",
            fields: [
                .init(key: "crosses", input: .address, isNeeded: true), .init(key: "above", input: .number),
                .init(key: "below", input: .number),
                .init(key: "margin", input: .number), .init(key: "for", input: .span),
            ]),
        RulePartKind(verb: "time", fields: [.init(key: "time", input: .moment, isNeeded: true)]),
        RulePartKind(
            verb: "happens",
            fields: [.init(key: "happens", input: .address, isNeeded: true), .init(key: "is", input: .value(of: "happens"))]),
        RulePartKind(
            verb: "availability",
            fields: [
                .init(key: "availability", input: .thing, isNeeded: true), .init(key: "to", input: .online, isNeeded: true),
                .init(key: "for", input: .span),
            ]),
        RulePartKind(verb: "webhook", fields: [.init(key: "webhook", input: .text, isNeeded: true)]),
        RulePartKind(verb: "event", fields: [.init(key: "event", input: .text, isNeeded: true)]),
        RulePartKind(verb: "mqtt", fields: [.init(key: "mqtt", input: .text, isNeeded: true), .init(key: "payload", input: .text)]),
    ]

    private static let conditions = [
        RulePartKind(
            verb: "state",
            fields: [
                .init(key: "state", input: .address, isNeeded: true), .init(key: "is", input: .value(of: "state"), isNeeded: true),
                .init(key: "for", input: .span),
            ]),
        RulePartKind(
            verb: "number",
            fields: [
                .init(key: "number", input: .address, isNeeded: true), .init(key: "above", input: .number),
                .init(key: "below", input: .number),
            ]),
        RulePartKind(
            verb: "between",
            fields: [.init(key: "from", input: .moment, isNeeded: true), .init(key: "through", input: .moment, isNeeded: true)]),
        RulePartKind(verb: "days", fields: [.init(key: "days", input: .days, isNeeded: true)]),
        RulePartKind(verb: "online", fields: [.init(key: "online", input: .thing, isNeeded: true)]),
        RulePartKind(verb: "holidays", fields: [.init(key: "holidays", input: .list, isNeeded: true)]),
        RulePartKind(verb: "template", fields: [.init(key: "template", input: .text, isNeeded: true)]),
    ]

    private static let actions = [
        RulePartKind(
            verb: "set",
            fields: [
                .init(key: "address", input: .address, isNeeded: true), .init(key: "value", input: .value(of: "address"), isNeeded: true),
                .init(key: "confirm", input: .span),
            ]),
        RulePartKind(verb: "scene", fields: [.init(key: "scene", input: .scene, isNeeded: true)]),
        RulePartKind(
            verb: "notify",
            fields: [
                .init(key: "notify", input: .text, isNeeded: true), .init(key: "title", input: .text), .init(key: "to", input: .text),
                .init(key: "urgent", input: .flag),
            ]),
        RulePartKind(verb: "wait", fields: [.init(key: "wait", input: .span, isNeeded: true)]),
        RulePartKind(
            verb: "after", fields: [.init(key: "after", input: .span, isNeeded: true), .init(key: "then", input: .actions)]),
        RulePartKind(verb: "stop", fields: [.init(key: "stop", input: .text, isNeeded: true)]),
    ]
}
