public import Foundation

/// What people do with alarms.
extension AlarmBook {
    /// Somebody saw it.
    ///
    /// - Throws: ``AlarmError`` with `unknown`; `notPossible` for one that is over.
    public mutating func acknowledge(_ number: Int, by person: String, at date: Date) throws(AlarmError) {
        var alarm = try known(number)
        guard alarm.clearedAt == nil else { throw AlarmError(.notPossible, "alarm \(number) is over: there is nothing to acknowledge") }
        guard alarm.acknowledged == nil else { return }
        alarm.acknowledged = Alarm.Act(person, at: date)
        change(alarm)
        note(number, "acknowledged", at: date)
    }

    /// Nobody wants to hear of it until then. It goes on all the while, and may be over before.
    ///
    /// - Throws: ``AlarmError`` with `unknown`; `notPossible` for one that is over, and for a date that is past or more than 30 days off.
    public mutating func shelve(_ number: Int, until end: Date, by person: String, at date: Date) throws(AlarmError) {
        var alarm = try known(number)
        guard alarm.clearedAt == nil else { throw AlarmError(.notPossible, "alarm \(number) is over: there is nothing to shelve") }
        guard end > date, end.timeIntervalSince(date) <= 30 * 86_400 else {
            throw AlarmError(.notPossible, "an alarm is shelved until a time within the next 30 days")
        }
        alarm.shelvedUntil = end
        alarm.acknowledged = alarm.acknowledged ?? Alarm.Act(person, at: date)
        change(alarm)
        note(number, "shelved", at: date)
    }

    /// Somebody says that it is over, and why if they like.
    ///
    /// - Throws: ``AlarmError`` with `unknown`; `notPossible` for a reason of more than ``longestReason`` bytes.
    public mutating func clear(_ number: Int, by person: String, because reason: String? = nil, at date: Date) throws(AlarmError) {
        var alarm = try known(number)
        guard reason?.utf8.count ?? 0 <= Self.longestReason else {
            throw AlarmError(.notPossible, "a reason has at most \(Self.longestReason) bytes: say it shorter")
        }
        if alarm.clearedAt == nil { end(&alarm, by: person, because: reason, at: date) }
    }

    /// Bytes of a reason, at most.
    static let longestReason = 1_000

    private func known(_ number: Int) throws(AlarmError) -> Alarm {
        guard let alarm = alarms[number] else { throw AlarmError(.unknown, "there is no alarm \(number) that isn't long over") }
        return alarm
    }
}
