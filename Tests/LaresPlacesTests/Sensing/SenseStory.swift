import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// A home of sensors with a clock that is moved.
struct SenseTheatre {
    var engine: SenseEngine
    var now: Date
    var restarts = false
    /// What was found since this was emptied.
    var findings: [SenseFinding] = []
    private(set) var things: [ThingID: Thing] = [:]
    private(set) var states: [PropertyAddress: PropertyState] = [:]
    private var availability: [ThingID: Availability] = [:]
    /// Until when time has passed.
    private(set) var passedAt = start
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    init(_ limits: SenseLimits = SenseLimits(), at now: Date = start) { (engine, self.now) = (SenseEngine(at: now, limits: limits), now) }

    /// Puts a thing with one property into the area that its name begins with: "hall/motion"; the property is named as the quantity unless it has a name.
    @discardableResult mutating func add(
        _ id: String, _ quantity: String?, _ kind: PropertyKind = .boolean, unit: LaresThings.Unit? = nil, category: String = "sensor",
        isWritable: Bool = false, name given: String? = nil, property base: String? = nil
    ) throws -> PropertyAddress {
        let thing = try #require(ThingID(id))
        let name = base ?? quantity ?? "on"
        let property = Property(
            name, kind, unit: unit, isWritable: isWritable, quantity: quantity,
            accumulation: quantity == "energy" ? .totalIncreasing : nil)
        var properties = things[thing]?.properties ?? []
        properties.append(property)
        let area = AreaID(String(id.prefix { $0 != "/" }))
        things[thing] = Thing(
            id: thing, name: given ?? id, area: area, category: ThingCategory(category), origin: "test/\(id)", properties: properties)
        describe(thing)
        return PropertyAddress(thing, name)
    }

    mutating func describe(_ id: ThingID) {
        guard let thing = things[id] else { return }
        let known = states.filter { $0.key.thing == id }.map { ($0.key.property, $0.value) }
        findings += engine.describe(
            thing, availability: availability[id] ?? .online, states: Dictionary(known, uniquingKeysWith: { $1 }), at: now)
    }

    mutating func remove(_ id: ThingID) {
        things[id] = nil
        findings += engine.remove(id, at: now)
    }

    /// A property is reported: a change, or the same again.
    mutating func report(_ address: PropertyAddress, _ value: PropertyValue?, by cause: Cause = .device) {
        let old = states[address]?.reported
        var state = states[address] ?? PropertyState()
        (state.reported, state.reportedAt) = (value, now)
        if old != value { state.changedAt = now }
        states[address] = state
        findings += old == value ? engine.hear(address, at: now) : engine.take(Change(address, from: old, to: value, at: now, by: cause))
    }

    /// A thing can be reached, or can't.
    mutating func take(_ new: Availability, of id: ThingID) {
        availability[id] = new
        engine.take(new, of: id)
    }

    /// Lets time pass, in steps of five seconds as a rule.
    mutating func pass(_ seconds: Double, step: Double = 5) throws {
        if restarts { try restart() }
        let end = now + seconds
        while now < end {
            now = min(end, now + step)
            findings += engine.pass(to: now)
        }
        passedAt = now
    }

    /// Everything is kept, written, read and gone on from.
    mutating func restart() throws {
        let memory = try SenseMemory(try JSON(parsing: engine.kept.json.data))
        engine = SenseEngine(from: memory, at: now, limits: engine.limits)
        for id in things.keys.sorted() { describe(id) }
        engine.settle()
    }

    var raised: [SensorFault.Reason] { findings.compactMap { if case .raised(let fault) = $0 { fault.reason } else { nil } } }
    var cleared: [SensorFault.Code] { findings.compactMap { if case .cleared(let fault) = $0 { fault.code } else { nil } } }
    var cycles: [ApplianceCycle] { findings.compactMap { if case .finished(_, let cycle) = $0 { cycle } else { nil } } }
    var applianceStates: [ApplianceState] { findings.compactMap { if case .appliance(_, let state) = $0 { state } else { nil } } }
}

/// Sensors of one room as a picture: one line for each, a column for each tick; the line "occupied" is what must be found.
///
/// ```
/// motion     -1--0------
/// occupied   -1-------0-
/// ```
///
/// "1" and "0" are true and false, "x" is a hand at the switch, "-" nothing.
struct OccupancyStory {
    var tick = 60.0
    var restarts = false

    func check(_ picture: String, at location: SourceLocation = #_sourceLocation) throws {
        for restarts in [false, true] { try play(picture, restarts: restarts, location) }
    }

    private func play(_ picture: String, restarts: Bool, _ location: SourceLocation) throws {
        var theatre = SenseTheatre()
        theatre.restarts = restarts
        var tracks: [(address: PropertyAddress?, track: [Character])] = []
        var wanted: [Character] = []
        for line in picture.split(separator: "\n") {
            let words = line.split(separator: " ")
            let (name, track) = (String(words[0]), Array(words[1]))
            if name == "occupied" {
                wanted = track
            } else if name == "lamp" {
                let lamp = try theatre.add("room/lamp", nil, category: "light", isWritable: true)
                theatre.report(lamp, false, by: Cause(.rule, name: "r"))
                tracks.append((lamp, track))
            } else {
                let quantity = name.filter(\.isLetter)
                tracks.append((try theatre.add("room/\(name)", quantity), track))
            }
        }
        var seen: [Character] = []
        var lamp = false
        let room = try #require(AreaID("room"))
        var last = false
        for column in 0..<wanted.count {
            if column > 0 { try theatre.pass(tick) }
            for (address, track) in tracks where column < track.count && track[column] != "-" {
                guard let address else { continue }
                if track[column] == "x" { lamp.toggle() }
                theatre.report(address, .boolean(track[column] == "x" ? lamp : track[column] == "1"))
            }
            let isOccupied = theatre.engine.occupancy(of: room)?.isOccupied ?? last
            seen.append(isOccupied == last ? "-" : isOccupied ? "1" : "0")
            last = isOccupied
        }
        #expect(String(seen) == String(wanted), "\(restarts ? "with restarts" : "")", sourceLocation: location)
    }
}
