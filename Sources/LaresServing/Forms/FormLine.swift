/// Forms that wait to be compiled, the large ones apart: in turn between callers, and of one caller in the order they came.
package struct FormLine<Work> {
    private struct Place {
        let caller: String
        let isLarge: Bool
        let work: Work
    }

    /// Most that wait: a form takes milliseconds, the largest ones a second.
    package static var limit: Int { 128 }
    /// Most of one caller, so that nobody can shut all others out.
    package static var callerLimit: Int { 96 }

    private var places: [Int: Place] = [:]
    private var lastTurns: [String: Int] = [:]
    private var turns = 0

    package init() {}

    /// Takes work in under a number of its own; false when too many wait, altogether or of this caller.
    package mutating func enter(_ number: Int, caller: String, isLarge: Bool, _ work: Work) -> Bool {
        let own = places.values.reduce(0) { $0 + ($1.caller == caller ? 1 : 0) }
        guard places.count < Self.limit, own < Self.callerLimit else { return false }
        places[number] = Place(caller: caller, isLarge: isLarge, work: work)
        return true
    }

    /// Takes out what is to be compiled now: of the caller whose last turn was longest ago.
    package mutating func next(isLarge: Bool) -> Work? {
        let rank = { [lastTurns] (place: (key: Int, value: Place)) in (lastTurns[place.value.caller] ?? 0, place.key) }
        guard let (number, place) = places.filter({ $0.value.isLarge == isLarge }).min(by: { rank($0) < rank($1) }) else { return nil }
        turns += 1
        lastTurns[place.caller] = turns
        places[number] = nil
        if places.isEmpty { lastTurns = [:] }
        return place.work
    }

    /// Takes out what shall not be compiled any more; nil when it doesn't wait.
    package mutating func leave(_ number: Int) -> Work? { places.removeValue(forKey: number)?.work }

    /// Takes all out.
    package mutating func leaveAll() -> [Work] {
        defer { places = [:] }
        return places.values.map(\.work)
    }
}
