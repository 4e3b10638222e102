/// Several signals behind one port, each with its keeper.
public struct Street: Sendable {
    /// By signal.
    public private(set) var keepers: [SignalKeeper]
    /// What happened, in its order; the oldest are forgotten when there are many.
    public private(set) var events: [TrafficEvent] = []
    /// What monitors saw that must not be; empty unless something is broken.
    public private(set) var violations: [String] = []
    private var monitors: [ConflictMonitor]
    private var time = 0.0
    private static let mostEvents = 10_000

    /// Keepers, in the order of the port's signals.
    public init(_ keepers: [SignalKeeper]) {
        self.keepers = keepers
        monitors = keepers.map { ConflictMonitor($0.rules) }
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

    /// One second: what the keepers decided is shown, and what is seen decides the next.
    ///
    /// - Throws: What the port throws; all signals have then fallen back to their programmes, which is logged.
    public mutating func second(of port: inout some SignalPort, states: inout [[Aspect]?]) throws {
        for (place, state) in states.enumerated() {
            guard let state else { continue }
            let found = monitors[place].see(state)
            guard !found.isEmpty else { continue }
            // Whatever the shell did: this isn't shown. Red for all is always safe.
            states[place] = .init(repeating: .red, count: state.count)
            violations += found.prefix(max(0, 100 - violations.count)).map { "\(keepers[place].plan.name): \($0)" }
        }
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

    /// All red, with which it begins.
    public var beginning: [[Aspect]?] { keepers.map(\.aspects) }

    private mutating func collect() {
        for place in keepers.indices where !keepers[place].events.isEmpty { events += keepers[place].takeEvents() }
        if events.count > Self.mostEvents { events.removeFirst(events.count - Self.mostEvents) }
    }
}
