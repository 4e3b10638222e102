import Foundation
import LaresPlaces
import LaresThings

/// Alarms in a reader's words.
struct AlarmRows: Sendable {
    let said: SeriesWords
    let now: Date
    let mayAct: Bool
    /// The page to come back to.
    var back = "/alarms"

    private var words: Words { said.words }
    private var amount: Amount { said.amount }

    /// "Signal B1: a vehicle stands in the way" where what found it has a word for it, else what is odd.
    func name(_ alarm: Alarm) -> String {
        let key = "alarm.named.\(alarm.cause.model)"
        guard words.has(key) else { return said.name(alarm.series) }
        let thing = ThingID(alarm.series.thing).flatMap { said.home.thing($0)?.thing }.map { said.said.name($0) }
        return words(key, ["thing": thing ?? alarm.series.thing.printable])
    }

    /// The fields of one row of the template `alarm-rows`.
    func row(_ alarm: Alarm) -> [String: Any] {
        [
            "href": "/alarms/\(alarm.number)", "alarm": name(alarm), "about": about(alarm), "severity": severity(alarm.severity),
            "standing": standing(alarm.state), "since": since(alarm), "exact": amount.exact(alarm.raisedAt),
            "mayTake": mayAct && alarm.acknowledged == nil && alarm.clearedAt == nil,
            "back": back, "takeName": words("alarm.takeName", ["name": name(alarm)]), "hold": "take-\(alarm.number)",
        ]
    }

    /// "6.1 kW, odd by 92%. Watch pumps."
    func about(_ alarm: Alarm) -> String {
        let key = "alarm.means.\(alarm.cause.model)"
        if words.has(key) {
            return words(key, ["value": said.value(alarm.worst.value, of: alarm.series), "where": alarm.series.property.printable])
        }
        return words(
            "alarm.about",
            [
                "value": said.value(alarm.worst.value, of: alarm.series), "score": amount.percent(alarm.worst.score),
                "watch": alarm.watch,
            ])
    }

    private func since(_ alarm: Alarm) -> String {
        guard let over = alarm.clearedAt else { return words("alarm.since", ["when": amount.ago(alarm.raisedAt, now: now)]) }
        return words(
            "alarm.lasted", ["from": amount.moment(alarm.raisedAt), "long": amount.duration(over.timeIntervalSince(alarm.raisedAt))])
    }

    /// The fields of the template `state` for how bad it is.
    func severity(_ severity: Alarm.Severity) -> [String: Any] {
        let (tone, icon) =
            switch severity {
            case .critical: ("bad", "alert")
            case .major: ("warn", "alert")
            case .minor: ("info", "info")
            }
        return ["tone": tone, "stateIcon": icon, "state": words("alarm.severity.\(severity.rawValue)")]
    }

    /// The fields of the template `state` for where it stands.
    func standing(_ state: Alarm.State) -> [String: Any] {
        let (tone, icon) =
            switch state {
            case .raised: ("bad", "bell")
            case .acknowledged: ("info", "check")
            case .shelved: ("", "clock")
            case .cleared: ("ok", "check")
            }
        return ["tone": tone, "stateIcon": icon, "state": words("alarm.state.\(state.rawValue)")]
    }
}

extension SeriesKey {
    /// The history of a property.
    init(_ address: PropertyAddress) { self.init(thing: address.thing.description, property: address.property) }
}
