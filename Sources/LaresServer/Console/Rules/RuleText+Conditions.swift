import LaresPlaces
import LaresThings

/// What a rule looks at before it acts, and when its times are, in words.
extension RuleText {
    /// More than this isn't read: it is counted.
    private static let longest = 120

    /// "Anna is Home or Ben is Home"; how many there are where they would be too long to read.
    func conditions(_ conditions: [RuleCondition]) -> String {
        let said = conditions.map(condition).joined(separator: words("rule.and"))
        guard said.count > Self.longest else { return said }
        return words(conditions.count == 1 ? "rule.if.one" : "rule.if.several", ["n": "\(conditions.count)"])
    }

    private func condition(_ condition: RuleCondition) -> String {
        switch condition {
        case .all(let inner): inner.map(self.condition).joined(separator: words("rule.and"))
        case .any(let inner): inner.map(self.condition).joined(separator: words("rule.or"))
        case .not(let inner): words("rule.if.not", ["if": self.condition(inner)])
        case .state(let being): state(being)
        case .number(let address, let above, let below): number(address, above, below)
        case .known(let address): words("rule.if.known", ["what": name(address)])
        case .between(let from, let to): words("rule.if.between", ["from": moment(from), "to": moment(to)])
        case .days(let days): words("rule.if.days", ["days": self.days(days)])
        case .holidays: words("rule.if.holiday")
        case .dates: words("rule.if.dates")
        case .template: words("rule.if.template")
        case .online(let thing): words("rule.if.online", ["what": name(thing)])
        case .triggeredBy(let ids): words("rule.if.trigger", ["name": ids.joined(separator: words("list.comma")).printable])
        }
    }

    private func state(_ being: RuleCondition.Being) -> String {
        let values = being.values.map { value($0, of: being.address) }.joined(separator: words("rule.or"))
        let said = words("rule.if.state", ["what": name(being.address), "value": values])
        return being.lasting == .zero ? said : words("rule.if.for", ["if": said, "time": being.lasting.description])
    }

    private func number(_ address: PropertyAddress, _ above: Double?, _ below: Double?) -> String {
        let what = name(address)
        switch (above, below) {
        case (let above?, let below?):
            return words(
                "rule.if.within",
                ["what": what, "least": value(.number(above), of: address), "greatest": value(.number(below), of: address)])
        case (let above?, nil): return words("rule.if.above", ["what": what, "value": value(.number(above), of: address)])
        case (nil, let below?): return words("rule.if.below", ["what": what, "value": value(.number(below), of: address)])
        case (nil, nil): return words("rule.if.known", ["what": what])
        }
    }

    /// "at 06:15 on Mon, Tue", "15m before sunset".
    func time(_ kind: Trigger.Kind) -> String {
        switch kind {
        case .weekly(let block): on(block.days, words("rule.at", ["time": block.from.description]))
        case .once(.local(let day, let time)): words("rule.at.day", ["time": time.description, "day": day.description])
        case .once(.instant): words("rule.at.once")
        case .interval(let interval): words("rule.every", ["time": TimeSpan.seconds(Double(interval.seconds)).description])
        case .cron(let expression): words("rule.cron", ["text": expression.text.printable])
        case .sun(let sun): on(sun.days, words("rule.at", ["time": moment(.sun(sun.event, offset: sun.offset))]))
        }
    }

    private func on(_ days: Set<Weekday>, _ said: String) -> String {
        days.count == Weekday.allCases.count ? said : words("rule.at.days", ["at": said, "days": self.days(days)])
    }

    /// "Mon–Fri", "Sat, Sun".
    private func days(_ days: Set<Weekday>) -> String {
        let sorted = Weekday.allCases.filter(days.contains).map { words("weekday.\($0.rawValue)") }
        let places = Weekday.allCases.indices.filter { days.contains(Weekday.allCases[$0]) }
        guard sorted.count > 2, let first = places.first, let last = places.last, last - first == sorted.count - 1 else {
            return sorted.joined(separator: words("list.comma"))
        }
        return words("rule.days.through", ["first": sorted[0], "last": sorted[sorted.count - 1]])
    }

    private func moment(_ moment: DayMoment) -> String {
        guard case .sun(let event, let offset) = moment else { return moment.description }
        let sun = words("rule.sun.\(event.rawValue)")
        guard offset != 0 else { return sun }
        return words(
            offset < 0 ? "rule.before" : "rule.behind", ["time": TimeSpan.seconds(Double(abs(offset))).description, "sun": sun])
    }
}
