internal import LaresControl

/// A port between the keepers and the street: it hides what a junction's sensors don't see, has loops lie when that is asked for, and remembers what
/// was read last.
struct WatchedPort: SignalPort {
    /// A loop that was told to lie.
    struct LoopFault: Sendable, Hashable {
        let signal: Int
        let approach: Int
        let loop: Int
        let fault: LoopHealth.Fault
        /// Until when, by the street's time.
        let until: Double
    }

    private(set) var inner: any SignalPort
    var sensors: [SignalSensors]
    var faults: [LoopFault] = []
    private(set) var last: StreetReading?

    init(_ inner: any SignalPort, sensors: [SignalSensors]) { (self.inner, self.sensors) = (inner, sensors) }

    var plans: [SignalPlan] { inner.plans }

    mutating func exchange(_ states: [[Aspect]?]) throws -> StreetReading {
        var reading = try inner.exchange(states)
        hide(in: &reading)
        faults.removeAll { $0.until <= reading.time }
        for fault in faults { lie(fault, in: &reading) }
        last = reading
        return reading
    }

    /// Vehicles are seen only where cameras are.
    private func hide(in reading: inout StreetReading) {
        for signal in reading.signals.indices where signal < sensors.count && sensors[signal] == .loops {
            for approach in reading.signals[signal].indices where !reading.signals[signal][approach].loops.isEmpty {
                reading.signals[signal][approach].vehicles = nil
            }
        }
    }

    private func lie(_ fault: LoopFault, in reading: inout StreetReading) {
        guard reading.signals.indices.contains(fault.signal), reading.signals[fault.signal].indices.contains(fault.approach),
            reading.signals[fault.signal][fault.approach].loops.indices.contains(fault.loop)
        else { return }
        var loop = reading.signals[fault.signal][fault.approach].loops[fault.loop]
        switch fault.fault {
        case .stuck: (loop.count, loop.occupancy, loop.speed) = (0, 1, nil)
        case .silent: (loop.count, loop.occupancy, loop.speed) = (0, 0, nil)
        case .lying: loop.count = .nan
        case .missing:
            reading.signals[fault.signal][fault.approach].loops.removeSubrange(fault.loop...)
            return
        }
        reading.signals[fault.signal][fault.approach].loops[fault.loop] = loop
    }
}
