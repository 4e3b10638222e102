internal import LaresJSON
internal import LaresThings

/// Says why conditions hold, or don't.
extension RuleScope {
    /// Why not all of these hold; nil if they do, or a template comes to nothing.
    func reason(against conditions: [RuleCondition]) -> RuleSentence? {
        for condition in conditions where (try? holds(condition)) == false { return reason(for: condition, false) }
        return nil
    }

    /// Why a condition holds or doesn't.
    func reason(for condition: RuleCondition, _ holds: Bool) -> RuleSentence {
        switch condition {
        case .all(let inner): return holds ? list(inner, true) : reason(against: inner) ?? RuleSentence("unknown")
        case .any(let inner):
            let first = holds ? inner.first { (try? self.holds($0)) == true } : nil
            return first.map { reason(for: $0, true) } ?? list(inner, false)
        case .not(let inner): return reason(for: inner, !holds)
        case .state(let being): return words(being)
        case .number(let address, let above, let below):
            return RuleSentence(
                holds ? "number.yes" : "number.no",
                ["property": "\(address)", "value": .of(value(of: address)), "wanted": Self.range(above, below)])
        case .known(let address): return RuleSentence(holds ? "known.yes" : "known.no", ["property": "\(address)"])
        case .between(let from, let to): return words(from, to)
        case .days(let days):
            let wanted = Weekday.allCases.filter(days.contains).map(\.rawValue).joined(separator: ", ")
            return RuleSentence(
                holds ? "days.yes" : "days.no", ["day": .sentence(RuleSentence(today.weekday.rawValue)), "wanted": .text(wanted)])
        case .holidays: return RuleSentence(holds ? "holidays.yes" : "holidays.no")
        case .dates: return RuleSentence(holds ? "dates.yes" : "dates.no", ["day": .text("\(today)")])
        case .template(let template):
            let text = (try? text(template)) ?? ""
            return RuleSentence(
                holds ? "template.yes" : "template.no", ["template": .text(template.source), "value": .text(String(text.prefix(80)))])
        case .online(let thing): return RuleSentence(holds ? "online.yes" : "online.no", ["thing": "\(thing)"])
        case .triggeredBy: return RuleSentence(holds ? "triggered.yes" : "triggered.no")
        }
    }

    private func value(of address: PropertyAddress) -> PropertyValue? { world.state(of: address)?.reported }

    private func list(_ conditions: [RuleCondition], _ holds: Bool) -> RuleSentence {
        RuleSentence("or", ["list": .list(conditions.map { reason(for: $0, holds) })])
    }

    private func words(_ being: RuleCondition.Being) -> RuleSentence {
        let value = value(of: being.address)
        var arguments: [String: RuleSentence.Argument] = ["property": "\(being.address)", "value": .of(value)]
        switch objection(to: being) {
        case nil: return RuleSentence("state.yes", arguments)
        case .value:
            arguments["wanted"] = .of(being.values)
            return RuleSentence("state.no", arguments)
        case .short(let age):
            (arguments["span"], arguments["wanted"]) = ("\(age)", "\(being.lasting)")
            return RuleSentence("state.short", arguments)
        case .long(let age):
            (arguments["span"], arguments["wanted"]) = ("\(age)", "\(being.within ?? .zero)")
            return RuleSentence("state.long", arguments)
        case .cause(let kind):
            arguments["cause"] = kind.map { .text($0.rawValue) } ?? .sentence(RuleSentence("unknown"))
            arguments["wanted"] = .text(being.by.map(\.rawValue).joined(separator: " / "))
            return RuleSentence("state.by", arguments)
        }
    }

    private static func range(_ above: Double?, _ below: Double?) -> RuleSentence.Argument {
        var arguments: [String: RuleSentence.Argument] = [:]
        arguments["least"] = above.map { .text(JSON.number($0).serialized) }
        arguments["greatest"] = below.map { .text(JSON.number($0).serialized) }
        return .sentence(RuleSentence(above == nil ? "below" : below == nil ? "above" : "within", arguments))
    }

    private func words(_ from: DayMoment, _ to: DayMoment) -> RuleSentence {
        let window = window(from, to)
        return RuleSentence(
            window.isInside ? "between.yes" : "between.no",
            ["now": .text(shown(Instant(flooring: now))), "from": words(from, window.from), "to": words(to, window.to)])
    }

    private func words(_ moment: DayMoment, _ instant: Instant?) -> RuleSentence.Argument {
        switch moment {
        case .clock(let time): return .text(time.description)
        case .sun(let event, _):
            let name = RuleSentence.Argument.sentence(RuleSentence(event.rawValue))
            guard let instant else { return .sentence(RuleSentence("moment.none", ["event": name])) }
            return .sentence(RuleSentence("moment.sun", ["event": name, "time": .text(shown(instant))]))
        }
    }

    private func shown(_ instant: Instant) -> String { TimeOfDay(unchecked: world.site.zone.wall(at: instant).seconds).short }
}
