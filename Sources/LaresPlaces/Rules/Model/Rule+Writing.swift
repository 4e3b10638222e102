public import LaresThings

/// Rules written in Swift. The words are the same as in their plain data.
extension RuleTrigger {
    /// A property becomes something.
    public static func becomes(_ address: PropertyAddress, _ value: PropertyValue, for span: TimeSpan = .zero) -> RuleTrigger {
        RuleTrigger(.becomes(Becoming(address, to: [value], lasting: span)))
    }

    /// A property becomes something else than it was.
    public static func changes(_ address: PropertyAddress) -> RuleTrigger { RuleTrigger(.becomes(Becoming(address))) }

    /// A number goes over or under a threshold.
    public static func crosses(
        _ address: PropertyAddress, above: Double? = nil, below: Double? = nil, margin: Double = 0, for span: TimeSpan = .zero
    ) -> RuleTrigger {
        RuleTrigger(.crosses(Crossing(address, above: above, below: below, margin: margin, lasting: span)))
    }

    /// A named event is fired.
    public static func event(_ name: String) -> RuleTrigger { RuleTrigger(.event(name, data: nil)) }

    /// A moment of every day comes.
    public static func at(_ moment: DayMoment) -> RuleTrigger { RuleTrigger(.time(moment.trigger)) }
}

extension RuleCondition {
    /// A property is something.
    public static func `is`(_ address: PropertyAddress, _ value: PropertyValue, for span: TimeSpan = .zero) -> RuleCondition {
        .state(Being(address, [value], lasting: span))
    }
}

extension RuleAction {
    /// Has a property be something.
    public static func set(_ address: PropertyAddress, _ value: PropertyValue) -> RuleAction {
        .set(Setting([.init(address, RuleValue(value))]))
    }

    /// Waits, and then does something.
    public static func after(_ span: TimeSpan, _ actions: RuleAction...) -> RuleAction { .after(span, actions) }
}

extension DayMoment {
    /// What schedules make of it: every day.
    var trigger: Trigger.Kind {
        switch self {
        case .clock(let time):
            guard let block = WeeklyBlock(from: time) else { preconditionFailure("every day is a day") }
            return .weekly(block)
        case .sun(let event, let offset):
            guard let trigger = SunTrigger(event, offset: offset) else { preconditionFailure("moments of the day have offsets in range") }
            return .sun(trigger)
        }
    }
}

extension PropertyAddress: ExpressibleByStringLiteral {
    /// An address written in code, such as "hall/lamp/on". Traps for what is no address.
    public init(stringLiteral text: String) {
        guard let address = PropertyAddress(text) else { preconditionFailure("'\(text)' is no address of a property") }
        self = address
    }
}

extension PropertyValue: ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// True or false.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
}
