/// Several signals behind one port, each with its keeper.
public struct Street: Sendable {
    /// By signal.
    public private(set) var keepers: [SignalKeeper]
    /// What happened, in its order; the oldest are forgotten when there are many.
    public private(set) var events: [TrafficEvent] = []
    /// What monitors saw that must not be; empty unless something is broken.
    public private(set) var violations: [String] = []
    private var monitors: [ConflictMonitor]
    /// Whether a signal's monitor objected to its last second: what goes on is told of once.
    private var isObjected: [Bool]
    private var time = 0.0
    private static let mostEvents = 10_000

    /// Keepers, in the order of the port's signals.
    public init(_ keepers: [SignalKeeper]) {
        self.keepers = keepers
        monitors = keepers.map { ConflictMonitor($0.rules) }
        isObjected = keepers.map { _ in false }
    }

    /// Changes a keeper: who decides, how far its controller is trusted.
    public mutating func change(_ place: Int, _ body: (inout SignalKeeper) -> Void) {
        if keepers.indices.contains(place) { body(&keepers[place]) }
    }

    /// What happened, which is then forgotten.
    public mutating func takeEvents() -> [TrafficEvent] {
        defer { events = [] }
        return events
    }

    /// One second: what the keepers decided is shown, and what is seen decides the next. What a monitor objects to isn't shown but red for all, which is logged.
    ///
    /// - Throws: What the port throws; all signals have then fallen back to their programmes, which is logged.
    public mutating func second(of port: inout some SignalPort, states: inout [[Aspect]?]) throws {
        for place in states.indices { states[place] = states[place].map { guarded($0, at: place) } }
        do {
            let reading = try port.exchange(states)
            time = reading.time
            for place in keepers.indices {
                let seen = place < reading.signals.count ? reading.signals[place] : nil
                let inside = place < reading.inside.count ? reading.inside[place] : nil
                states[place] = keepers[place].tick(seen, inside: inside, at: reading.time)
            }
            collect()
        } catch {
            for place in keepers.indices { keepers[place].lose("\(error)", at: time) }
            collect()
            throw error
        }
    }

    /// What is shown of what was to be: all of it, or red for all, which is always safe, whatever the shell did.
    private mutating func guarded(_ state: [Aspect], at place: Int) -> [Aspect] {
        let (signal, found) = (keepers[place].plan.name, monitors[place].see(state))
        defer { isObjected[place] = !found.isEmpty }
        guard !found.isEmpty else { return state }
        violations += found.prefix(max(0, 100 - violations.count)).map { "\(signal): \($0)" }
        if !isObjected[place] {
            let words = found.map(\.description).joined(separator: "; ")
            events.append(TrafficEvent(time: time, signal: signal, kind: .violation(words)))
        }
        return .init(repeating: .red, count: state.count)
    }

    /// All red, with which it begins.
    public var beginning: [[Aspect]?] { keepers.map(\.aspects) }

    private mutating func collect() {
        for place in keepers.indices where !keepers[place].events.isEmpty { events += keepers[place].takeEvents() }
        if events.count > Self.mostEvents { events.removeFirst(events.count - Self.mostEvents) }
    }
}
