internal import Foundation
internal import LaresJSON
internal import LaresThings

extension OccupancyJudge {
    /// Half as much for each.
    static func halved(_ halvings: Double) -> Double { halvings <= 0 ? 1 : exp2(-halvings) }

    /// A clock was set back: nothing was seen in the future.
    mutating func bound(by now: Double) {
        for place in sources.indices { sources[place].seenAt = sources[place].seenAt.map { min($0, now) } }
        (activeAt, doorAt, occupiedAt) = (activeAt.map { min($0, now) }, doorAt.map { min($0, now) }, min(occupiedAt, now))
    }

    /// What is kept, with when each source said something of people.
    func json(seen: [PropertyAddress: Double]) -> JSON {
        var members = JSON.Members()
        for (address, date) in seen.sorted(by: { $0.key.description < $1.key.description }) {
            members.append(address.description, .double(date))
        }
        return [
            "occupied": .bool(isOccupied), "occupied_at": .double(occupiedAt), "door_at": doorAt.map { .double($0) } ?? .null,
            "inside": .bool(isInside), "active_at": activeAt.map { .double($0) } ?? .null, "activity": .int(activity),
            "pauses": .array(pauses.kept.map { .number($0) }),
            "seen": .object(members),
        ]
    }

    /// When each of its sources said something of people, by their addresses.
    mutating func restore(_ fields: JSONFields) throws(JSONError) -> [PropertyAddress: Double] {
        var fields = fields
        let times = 0.0...SenseMemory.latest
        isOccupied = try fields.bool("occupied") ?? false
        occupiedAt = try fields.double("occupied_at", in: times) ?? 0
        doorAt = try fields.double("door_at", in: times)
        isInside = try fields.bool("inside") ?? false
        activeAt = try fields.double("active_at", in: times)
        activity = try fields.int("activity", in: 0...Int.max / 2) ?? 0
        if let numbers = try fields.doubles("pauses", in: -1e15...1e15) {
            guard let kept = QuantileEstimate(0.9, kept: numbers[...]) else { throw fields.error("pauses", "isn't what is kept of pauses") }
            pauses = kept
        }
        var seen: [PropertyAddress: Double] = [:]
        if case .object(let members)? = fields.value("seen") {
            guard members.count <= SenseLimits.sources else { throw fields.error("seen", "has too many members") }
            for (key, value) in members {
                guard let address = PropertyAddress(key), let time = value.number, times.contains(time) else {
                    throw fields.error("seen.\(key.prefix(80))", "must be the address of a property with a time")
                }
                seen[address] = time
            }
        }
        try fields.end()
        return seen
    }
}
