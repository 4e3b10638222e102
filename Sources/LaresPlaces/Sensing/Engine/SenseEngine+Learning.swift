public import Foundation
public import LaresThings

/// Learning from what was recorded.
extension SenseEngine {
    /// Learns what is usual for a sensor from its history, as far as it has learned little itself. Nothing is found by it.
    ///
    /// How often it reports isn't learned: a history has changes, not reports.
    /// - Parameter history: What it became, earliest first.
    public mutating func learn(_ address: PropertyAddress, from history: [(date: Date, value: PropertyValue)]) {
        guard let place = places[address] else { return }
        let sensor = sensors[place]
        var (health, meter) = (SensorHealth(sensor.kind), ApplianceMeter())
        var verdicts: [SensorHealth.Verdict] = []
        for (date, value) in history {
            let (now, number) = (date.timeIntervalSince1970, sensor.kind.number(value, in: sensor.unit))
            guard now.isFinite, now >= health.changedAt ?? 0 else { continue }
            if let last = health.changedAt { _ = meter.pass(to: min(now, last + ApplianceMeter.silence)) }
            health.take(number, at: now, into: &verdicts)
            _ = meter.take(number, at: now)
        }
        if sensor.health.runs.usual.count < Habit.evidence { sensors[place].health.runs = health.runs }
        if sensor.health.jumps.usual.count < Habit.evidence { sensors[place].health.jumps = health.jumps }
        if sensor.health.pace.usual.count < Habit.evidence { sensors[place].health.pace = health.pace }
        if let known = sensor.meter, known.histogram.total < PowerHistogram.evidence { sensors[place].meter?.learn(from: meter) }
    }

    /// The sensors of which little is known yet, in the order of their addresses.
    public var unlearned: [PropertyAddress] {
        places.filter { sensors[$1].isUnlearned }.keys.sorted { $0.description < $1.description }
    }
}

extension SenseEngine.Sensor {
    fileprivate var isUnlearned: Bool {
        if let meter { return meter.histogram.total < PowerHistogram.evidence }
        return kind != .hand && kind != .batteryLow && kind != .alarm && health.pace.usual.count < Habit.evidence
    }
}
