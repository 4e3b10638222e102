internal import Foundation
package import LaresControl
internal import LaresJSON
package import LaresThings

/// A district while it runs, on one thread: each second what keepers decided is shown and what is seen decides the next; every change of a phase is an
/// order, on the disk before it goes out.
package final class StreetRunner {
    let source: any TrafficSource
    let book: OrderBook
    let clock: any TimeSource
    let models: (any SignalModels)?
    package internal(set) var street: Street
    var port: WatchedPort?
    package var states: [[Aspect]?]
    var junctions: [JunctionRun]
    /// As which things they report themselves, by their names.
    let things: [String: JunctionThing]
    package private(set) var closures: [String: Double] = [:]
    /// Vehicles that were told to stand in the way, by their lanes.
    package private(set) var breakdowns: [String: Breakdown] = [:]
    private var lastBreakdown = 0
    /// The street's time, in seconds; nil: it hasn't run yet.
    package private(set) var time: Double?
    /// What happened since it was last asked.
    private var occurrences: [TrafficOccurrence] = []
    /// What monitors saw that must not be, before the street was opened last.
    private var before: [String] = []
    private var bookTrouble: String?
    var ownersAt = Date.distantPast

    package init(
        _ source: any TrafficSource, book: OrderBook, clock: any TimeSource, models: (any SignalModels)? = nil, from first: Double? = nil
    ) {
        time = first
        (self.source, self.book, self.clock, self.models) = (source, book, clock, models)
        things = JunctionThing.named(source.rules.map(\.plan.name))
        junctions = source.rules.enumerated().map { JunctionRun($1.plan, place: $0, JunctionSettings()) }
        street = Street(source.rules.map { SignalKeeper($0, FixedTime()) })
        states = street.beginning
    }

    /// How junctions are controlled; those that aren't named keep their programmes.
    package func set(_ settings: [String: JunctionSettings]) {
        for place in junctions.indices {
            guard let settings = settings[junctions[place].name] else { continue }
            let old = junctions[place].issuer
            junctions[place].settings = settings
            control(place, insteadOf: old)
        }
    }

    /// Opens the street, from the second at which it broke off, or from the beginning when its demand was over. Its signals begin with red for all; trust and
    /// what was learnt of queues stay.
    package func start() throws {
        port = nil
        failOpen("the street began anew")
        if isOver { beginAnew() }
        let opened = try source.open(at: time)
        port = WatchedPort(opened, sensors: junctions.map(\.settings.sensors))
        for place in junctions.indices { keepTrust(place) }
        before = violations
        street = Street(source.rules.map { SignalKeeper($0, FixedTime()) })
        for place in junctions.indices {
            (junctions[place].open, junctions[place].target) = (nil, nil)
            control(place, insteadOf: junctions[place].issuer)
        }
        states = street.beginning
        for lane in closures.keys { (port?.inner as? any ClosableStreet)?.close(lane, isClosed: true) }
        // Those who stood there are gone with the street that broke off.
        for (lane, one) in breakdowns { breakDown(on: lane, at: one.position, for: one.until - (time ?? 0)) }
    }

    /// The street's clock starts again: what is closed stays so for the time that is left.
    private func beginAnew() {
        let end = time ?? 0
        closures = closures.mapValues { max(0, $0 - end) }
        breakdowns = breakdowns.mapValues { Breakdown(name: $0.name, position: $0.position, until: max(0, $0.until - end)) }
        time = nil
    }

    /// What monitors saw that must not be since it was first opened: a street that is opened again doesn't forget it.
    package var violations: [String] { before + street.violations.prefix(100 - before.count) }

    /// Whether its demand has ended.
    package var isOver: Bool { source.end.map { end in time.map { $0 >= end } ?? false } ?? false }

    /// Ends it.
    package func stop(because reason: String) {
        port = nil
        failOpen(reason)
    }

    /// One second.
    ///
    /// - Throws: What the port throws; the orders that were on their way have then failed.
    package func second() throws -> TrafficSecond? {
        guard port != nil else { throw TrafficError(.unreachable, "the street isn't open") }
        lookAtOwners()
        lookForVersions()
        endClosures()
        do { try exchange() } catch {
            takeEvents()
            failOpen("\(error)")
            throw error
        }
        guard let reading = port?.last else { return nil }
        time = reading.time
        takeEvents()
        confirm(reading)
        order()
        let now = clock.now
        for place in junctions.indices { measure(place, reading) }
        return TrafficSecond(
            at: now, time: reading.time,
            junctions: street.keepers.enumerated().map { place, keeper in
                .init(
                    plan: keeper.plan, phase: keeper.phase, aspects: states[place] ?? keeper.aspects,
                    approaches: place < reading.signals.count ? reading.signals[place] : [])
            })
    }

    private func exchange() throws {
        guard var open = port else { return }
        // One owner at a time: a copy would be made of what it remembers.
        port = nil
        defer { port = open }
        try street.second(of: &open, states: &states)
    }

    private func measure(_ place: Int, _ reading: StreetReading) {
        let approaches = place < reading.signals.count ? reading.signals[place] : []
        let lines = approaches.compactMap { $0.loops.first { $0.distance <= 3 } }
        let keeper = street.keepers[place], seen = keeper.demand?.reduce(Float(0)) { $0 + $1.standing }
        if keeper.ladder == nil, keeper.hand == nil, let seen {
            // What is usual is learnt while no controller is there to be judged by it, too.
            _ = junctions[place].settings.ladder.second(at: reading.time, queue: .nan, usual: seen, answer: nil)
        }
        junctions[place].figures.add(
            standing: seen ?? 0, passed: lines.isEmpty ? nil : lines.reduce(0) { $0 + ($1.count.isFinite ? $1.count : 0) })
    }

    private func takeEvents() {
        let now = clock.now
        for event in street.takeEvents() {
            if let place = junctions.firstIndex(where: { $0.name == event.signal }) {
                junctions[place].note(event)
                keepTrust(place)
            }
            add(TrafficOccurrence(event, at: now))
        }
    }

    func add(_ occurrence: TrafficOccurrence) { if occurrences.count < 1_000 { occurrences.append(occurrence) } }

    /// What happened, which is then forgotten.
    package func takeOccurrences() -> [TrafficOccurrence] {
        defer { occurrences = [] }
        return occurrences
    }

    func note(_ place: Int?, _ kind: String, _ text: String) {
        add(TrafficOccurrence(at: clock.now, time: time ?? 0, junction: place.map { junctions[$0].name }, kind: kind, text: text))
    }
}

/// Who decides.
extension StreetRunner {
    /// Looks who has the signals, twice a second at most.
    private func lookAtOwners() {
        let now = clock.now
        guard abs(now.timeIntervalSince(ownersAt)) >= 0.5 else { return }
        ownersAt = now
        writing {
            let owners = Dictionary(try book.owners().map { ($0.actuator, $0.owner) }, uniquingKeysWith: { one, _ in one })
            for place in junctions.indices {
                let mine = junctions[place].issuer
                if owners[junctions[place].actuator] == nil {
                    try claim(place, mine)
                } else {
                    junctions[place].owner = owners[junctions[place].actuator]
                }
                obey(place)
            }
        }
    }

    /// Somebody's hands changed a moment ago.
    func forgetOwners() { ownersAt = .distantPast }

    private func claim(_ place: Int, _ mine: OrderIssuer) throws {
        do { junctions[place].owner = try book.claim(junctions[place].actuator, by: mine).owner } catch let error as OrderError {
            note(place, "refused", error.message)
        }
    }

    /// Whoever has the signal decides; without an order of theirs its programme runs.
    private func obey(_ place: Int) {
        let isMine = junctions[place].isOurs
        // What one person ordered isn't the wish of the next who takes it over.
        if isMine || junctions[place].hand.map({ hand in junctions[place].owner.map { !$0.isSame(as: hand.by) } ?? true }) ?? false {
            junctions[place].hand = nil
        }
        let hand: SignalKeeper.Hand? = isMine ? nil : junctions[place].hand.map { .phase($0.phase) } ?? .programme
        street.change(place) { $0.hand = hand }
    }

    /// A phase that its owner ordered; nil: the programme's again.
    package func take(_ order: String, phase: Int?, by issuer: OrderIssuer, at place: Int) {
        guard junctions.indices.contains(place) else { return }
        junctions[place].hand = phase.map { (order, $0, issuer, false) }
        ownersAt = .distantPast
    }

    /// Has the orders written; what keeps them from it is told of once, and the signals go on.
    func writing(_ body: () throws -> Void) {
        do {
            try body()
            bookTrouble = nil
        } catch {
            let trouble = "\(error)"
            if bookTrouble == nil { note(nil, "orders", "orders can't be written down: \(trouble)") }
            bookTrouble = trouble
        }
    }
}

/// What can be done to a simulated street.
extension StreetRunner {
    /// Closes a lane for seconds of the street's time; nil opens it.
    package func close(_ lane: String, for seconds: Double?) {
        guard let street = port?.inner as? any ClosableStreet else { return }
        if let seconds {
            closures[lane] = (time ?? 0) + seconds
            street.close(lane, isClosed: true)
            note(nil, "closure", "\(lane) is closed for \(Int(seconds)) s")
        } else if closures.removeValue(forKey: lane) != nil {
            street.close(lane, isClosed: false)
            note(nil, "closure", "\(lane) is open again")
        }
    }

    private func endClosures() {
        guard let time else { return }
        for (lane, end) in closures where end <= time { close(lane, for: nil) }
        // It drives on by itself.
        breakdowns = breakdowns.filter { $0.value.until > time }
    }

    /// A vehicle that stands in the way.
    package struct Breakdown: Sendable, Hashable {
        let name: String
        /// Metres from the lane's begin.
        let position: Double
        /// Until when, by the street's time.
        package let until: Double
    }

    /// Has a vehicle stand on a lane for seconds of the street's time, as if it had broken down there: nobody is told, as nobody is on a street.
    package func breakDown(on lane: String, at position: Double, for seconds: Double) {
        guard let street = port?.inner as? any ClosableStreet, seconds >= 1 else { return }
        if let old = breakdowns.removeValue(forKey: lane) { try? street.unblock(old.name) }
        lastBreakdown += 1
        let name = "lares-breakdown-\(lastBreakdown)"
        do {
            try street.block(LaneBlockage(lane: lane, position: position, time: 0, seconds: seconds), as: name)
            breakdowns[lane] = Breakdown(name: name, position: position, until: (time ?? 0) + seconds)
            note(nil, "breakdown", "a vehicle is made to stand on \(lane) for \(Int(seconds)) s")
        } catch {
            note(nil, "breakdown", "no vehicle can be made to stand on \(lane): \(error)")
        }
    }

    /// Takes away the vehicle that stands on a lane.
    package func clear(_ lane: String) {
        guard let street = port?.inner as? any ClosableStreet, let one = breakdowns.removeValue(forKey: lane) else { return }
        // It may have gone on a moment ago.
        try? street.unblock(one.name)
        note(nil, "breakdown", "the vehicle on \(lane) is taken away")
    }

    /// Has a loop lie for seconds of the street's time.
    package func lie(_ fault: LoopHealth.Fault, signal: Int, approach: Int, loop: Int, for seconds: Double) {
        port?.faults.append(.init(signal: signal, approach: approach, loop: loop, fault: fault, until: (time ?? 0) + seconds))
        if let count = port?.faults.count, count > 100 { port?.faults.removeFirst(count - 100) }
    }
}
