/// What takes power by a programme of its own.
package enum Machine: Int, Sendable, CaseIterable {
    case washer, dishwasher, kettle

    /// Seconds and watts, one after the other.
    private var profile: [(seconds: Double, watts: Double)] {
        switch self {
        case .washer: [(180, 60), (1_200, 2_050), (1_500, 190), (300, 40), (1_200, 230), (300, 45), (900, 210), (600, 480), (120, 30)]
        case .dishwasher: [(240, 40), (1_080, 1_950), (1_500, 85), (420, 50), (720, 1_900), (300, 70), (1_200, 12)]
        case .kettle: [(170, 2_150)]
        }
    }

    /// Watts so long after it was started; nil when it is done.
    func power(after seconds: Double) -> Double? {
        var left = seconds
        for part in profile {
            if left < part.seconds { return part.watts }
            left -= part.seconds
        }
        return nil
    }
}

/// A machine at its plug.
package struct PluggedMachine: Sendable, Hashable {
    /// Whether the plug is on.
    package var isOn = true
    /// Seconds since it was started; nil: it stands still.
    var elapsed: Double?
    /// In watts.
    package var power = 0.0

    mutating func start() { if isOn, elapsed == nil { elapsed = 0 } }

    mutating func pass(_ seconds: Double, _ machine: Machine) {
        // Without power it forgets its programme.
        if !isOn { elapsed = nil }
        elapsed = elapsed.map { $0 + seconds }
        let running = elapsed.flatMap { machine.power(after: $0) }
        if running == nil { elapsed = nil }
        power = !isOn ? 0 : running ?? (machine == .kettle ? 0 : 0.6)
    }
}
