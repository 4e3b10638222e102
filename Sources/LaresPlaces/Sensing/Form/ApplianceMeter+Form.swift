internal import Foundation
internal import LaresJSON

/// As plain data.
extension ApplianceMeter {
    var json: JSON {
        var members: JSON.Members = [
            "state": .string(state.rawValue), "seconds": .array(histogram.seconds.map { .number($0) }), "cycles": .int(cycles),
            "heard_at": .double(heardAt), "counted_at": .double(countedAt), "source": .bool(isSource),
            "learned_at": .double(learnedAt),
        ]
        if let learned { members.append("learned", .double(learned)) }
        if let power { members.append("power", .double(power)) }
        if pauses != Habit() { members.append("pauses", .array(pauses.kept.map { .number($0) })) }
        if let work { members.append("work", .array(work.kept.map { .double($0) })) }
        if let last {
            let numbers = [last.startedAt.timeIntervalSince1970, last.endedAt.timeIntervalSince1970, last.energy, last.peak]
            members.append("last", .array(numbers.map { .double($0) }))
        }
        return .object(members)
    }

    init(_ object: JSONFields) throws(JSONError) {
        var fields = object
        let times = 0...SenseMemory.latest
        guard let state = try fields.choice("state", of: ApplianceState.self),
            let histogram = PowerHistogram(seconds: try fields.doubles("seconds", in: 0...1e9) ?? [])
        else { throw fields.error("seconds", "or 'state' isn't what is kept of an appliance") }
        var pauses = Habit()
        if let kept = try fields.doubles("pauses", in: -1e15...1e15) {
            guard let habit = Habit(kept: kept) else { throw fields.error("pauses", "isn't what is kept of a habit") }
            pauses = habit
        }
        var last: ApplianceCycle?
        if let kept = try fields.doubles("last", in: 0...SenseMemory.latest) {
            guard kept.count == 4, kept[0] <= kept[1] else { throw fields.error("last", "isn't what is kept of a cycle") }
            last = ApplianceCycle(
                startedAt: Date(timeIntervalSince1970: kept[0]), endedAt: Date(timeIntervalSince1970: kept[1]), energy: kept[2],
                peak: kept[3])
        }
        guard
            let meter = ApplianceMeter(
                state: state, histogram: histogram, pauses: pauses, cycles: try fields.int("cycles", in: 0...Int.max / 4) ?? 0, last: last,
                power: try fields.double("power", in: -1e15...1e15), heardAt: try fields.double("heard_at", in: times) ?? 0,
                countedAt: try fields.double("counted_at", in: times) ?? 0, work: try fields.doubles("work", in: times),
                isSource: try fields.bool("source") ?? false,
                learned: try fields.double("learned", in: 0...1e6), learnedAt: try fields.double("learned_at", in: times) ?? 0)
        else { throw fields.error("work", "isn't what is kept of a cycle") }
        try fields.end()
        self = meter
    }
}
