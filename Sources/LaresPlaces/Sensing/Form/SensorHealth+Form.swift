internal import LaresJSON

/// As plain data.
extension SensorHealth {
    private static var habits: [(name: String, path: WritableKeyPath<SensorHealth, Habit>)] {
        [("gaps", \.gaps), ("runs", \.runs), ("jumps", \.jumps), ("pace", \.pace), ("others", \.others)]
    }

    func write(to members: inout JSON.Members) {
        func note(_ name: String, _ number: Double?) { if let number { members.append(name, .number(number)) } }
        note("value", value)
        note("good", good)
        note("changed_at", changedAt)
        note("heard_at", heardAt)
        note("reports", Double(reports))
        note("minute", minute)
        note("changes", Double(changes.now))
        note("changes_before", Double(changes.before))
        note("bad_at", badAt)
        note("good_reports", Double(goodReports))
        note("others_at", othersAt.map(Double.init))
        for (name, path) in Self.habits where self[keyPath: path] != Habit() {
            members.append(name, .array(self[keyPath: path].kept.map { .number($0) }))
        }
    }

    mutating func read(_ fields: inout JSONFields) throws(JSONError) {
        let (numbers, times, counts) = (SenseMemory.numbers, 0...SenseMemory.latest, 0...Int.max / 4)
        value = try fields.double("value", in: numbers)
        good = try fields.double("good", in: numbers)
        changedAt = try fields.double("changed_at", in: times)
        heardAt = try fields.double("heard_at", in: times)
        reports = try fields.int("reports", in: counts) ?? 0
        minute = try fields.double("minute", in: times) ?? 0
        changes = (try fields.int("changes", in: counts) ?? 0, try fields.int("changes_before", in: counts) ?? 0)
        badAt = try fields.double("bad_at", in: times) ?? 0
        goodReports = try fields.int("good_reports", in: counts) ?? 0
        othersAt = try fields.int("others_at", in: counts)
        for (name, path) in Self.habits {
            guard let kept = try fields.doubles(name, in: numbers) else { continue }
            guard let habit = Habit(kept: kept) else { throw fields.error(name, "isn't what is kept of a habit") }
            self[keyPath: path] = habit
        }
    }
}
