import LaresJSON
import LaresThings

/// A kind of trigger, condition or action that the form of rules has fields for.
struct RulePartKind: Sendable {
    /// What the form calls it.
    let name: String
    /// The member of the rule's data that says what it is; it holds the first field's value, if the kind isn't written otherwise.
    let verb: String
    let fields: [Field]
    /// What the object at that member says besides the fields, which stand in it then; nil: they stand beside it.
    let fixed: JSON.Members?

    init(_ name: String, verb: String? = nil, fixed: JSON.Members? = nil, _ fields: [Field]) {
        (self.name, self.verb, self.fields, self.fixed) = (name, verb ?? name, fields, fixed)
    }

    struct Field: Sendable {
        /// The member of the rule's data.
        let key: String
        let input: Input
        let isNeeded: Bool

        init(_ key: String, _ input: Input, isNeeded: Bool = false) { (self.key, self.input, self.isNeeded) = (key, input, isNeeded) }
    }

    /// What a person fills in.
    enum Input: Sendable {
        case address, thing, scene, number, text, moment, span, flag, days, list
        /// Plain data: what reads like a number, a list or an object is one.
        case json
        /// A time of so many seconds, perhaps before something.
        case seconds
        /// One of these words.
        case choice([String])
        /// A value of the property that another field names.
        case value(of: String)
        /// Triggers, conditions or actions inside this one.
        case parts(RuleSection)
    }

    /// The fields that are written in a way of the kind's own.
    var own: Set<String> {
        switch name {
        case "set": ["address", "value"]
        case "between", "dates": ["from", "through"]
        case "let": ["name", "value"]
        case "not_of": ["not"]
        default: []
        }
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

    func kind(_ name: String) -> RulePartKind? { kinds.first { $0.name == name } }

    /// What each trigger may be called, for conditions that ask which it was.
    private static let label = RulePartKind.Field("id", .text)

    private static let triggers = [
        RulePartKind(
            "becomes", [.init("becomes", .address, isNeeded: true), .init("to", .value(of: "becomes")), .init("for", .span), label]),
        RulePartKind(
            "crosses",
            [
                .init("crosses", .address, isNeeded: true), .init("above", .number), .init("below", .number), .init("margin", .number),
                .init("for", .span), label,
            ]),
        RulePartKind("time", [.init("time", .moment, isNeeded: true), label]),
        RulePartKind(
            "weekly", verb: "time", fixed: ["kind": "weekly"],
            [.init("days", .days, isNeeded: true), .init("from", .text, isNeeded: true), label]),
        RulePartKind(
            "sun", verb: "time", fixed: ["kind": "sun"],
            [
                .init("event", .choice(["sunrise", "sunset", "dawn", "dusk", "noon"]), isNeeded: true),
                .init("twilight", .choice(["civil", "nautical", "astronomical"])), .init("offset", .seconds), .init("not_before", .text),
                .init("not_after", .text), .init("days", .days), label,
            ]),
        RulePartKind(
            "interval", verb: "time", fixed: ["kind": "interval"],
            [.init("every", .seconds, isNeeded: true), .init("from", .text), label]),
        RulePartKind("once", verb: "time", fixed: ["kind": "once"], [.init("at", .text, isNeeded: true), label]),
        RulePartKind("cron", verb: "time", fixed: ["kind": "cron"], [.init("expression", .text, isNeeded: true), label]),
        RulePartKind("happens", [.init("happens", .address, isNeeded: true), .init("is", .value(of: "happens")), label]),
        RulePartKind(
            "availability",
            [
                .init("availability", .thing, isNeeded: true), .init("to", .choice(["online", "offline"]), isNeeded: true),
                .init("for", .span), label,
            ]),
        RulePartKind("webhook", [.init("webhook", .text, isNeeded: true), label]),
        RulePartKind("event", [.init("event", .text, isNeeded: true), .init("data", .json), label]),
        RulePartKind("mqtt", [.init("mqtt", .text, isNeeded: true), .init("payload", .text), label]),
        RulePartKind("model", [.init("model", .text, isNeeded: true), .init("answer", .json), label]),
    ]

    private static let conditions = [
        RulePartKind(
            "state", [.init("state", .address, isNeeded: true), .init("is", .value(of: "state"), isNeeded: true), .init("for", .span)]),
        RulePartKind("number", [.init("number", .address, isNeeded: true), .init("above", .number), .init("below", .number)]),
        RulePartKind("known", [.init("known", .address, isNeeded: true)]),
        RulePartKind("between", [.init("from", .moment, isNeeded: true), .init("through", .moment, isNeeded: true)]),
        RulePartKind("days", [.init("days", .days, isNeeded: true)]),
        RulePartKind("dates", [.init("from", .text, isNeeded: true), .init("through", .text, isNeeded: true)]),
        RulePartKind("holidays", [.init("holidays", .list, isNeeded: true)]),
        RulePartKind("online", [.init("online", .thing, isNeeded: true)]),
        RulePartKind("triggered_by", [.init("triggered_by", .list, isNeeded: true)]),
        RulePartKind("template", [.init("template", .text, isNeeded: true)]),
        RulePartKind("any_of", verb: "any", [.init("any", .parts(.only))]),
        RulePartKind("all_of", verb: "all", [.init("all", .parts(.only))]),
        RulePartKind("not_of", verb: "not", [.init("not", .parts(.only))]),
    ]

    private static let late = RulePartKind.Field("on_timeout", .choice(["go_on", "stop"]))

    private static let actions = [
        RulePartKind(
            "set",
            [
                .init("address", .address, isNeeded: true), .init("value", .value(of: "address"), isNeeded: true), .init("confirm", .span),
            ]),
        RulePartKind("scene", [.init("scene", .scene, isNeeded: true)]),
        RulePartKind(
            "notify", [.init("notify", .text, isNeeded: true), .init("title", .text), .init("to", .text), .init("urgent", .flag)]),
        RulePartKind("wait", [.init("wait", .span, isNeeded: true)]),
        RulePartKind("wait_for", [.init("wait_for", .parts(.when)), .init("timeout", .span, isNeeded: true), late]),
        RulePartKind("after", [.init("after", .span, isNeeded: true), .init("then", .parts(.then))]),
        RulePartKind("only", [.init("only", .parts(.only))]),
        RulePartKind("let", [.init("name", .text, isNeeded: true), .init("value", .json, isNeeded: true)]),
        RulePartKind(
            "call_model",
            [
                .init("call_model", .text, isNeeded: true), .init("input", .json, isNeeded: true), .init("into", .text),
                .init("timeout", .span), late,
            ]),
        RulePartKind("call_webhook", [.init("call_webhook", .text, isNeeded: true), .init("body", .json)]),
        RulePartKind(
            "publish", [.init("publish", .text, isNeeded: true), .init("payload", .json, isNeeded: true), .init("retain", .flag)]),
        RulePartKind("fire", [.init("fire", .text, isNeeded: true), .init("data", .json)]),
        RulePartKind("stop", [.init("stop", .text, isNeeded: true)]),
    ]
}
