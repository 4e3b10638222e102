internal import LaresControl
internal import LaresJSON

/// What a junction's trust was earned by: a controller, the version of what it had learnt, and what it saw by. Whatever differs in one of these begins in the
/// shadow.
package struct TrustedControl: Sendable, Hashable, CustomStringConvertible {
    let control: SignalControl
    /// "planner:2", or what came with Lares, told from that of other releases; nil: nothing is learnt.
    let model: String?
    let sensors: SignalSensors

    init(_ settings: JunctionSettings, _ version: (name: String, number: Int)?) {
        (control, sensors) = (settings.control, settings.sensors)
        model = control == .learned ? version.map { "\($0.name):\($0.number)" } ?? Self.own : nil
    }

    /// One that was kept; nil: this is none.
    init?(kept json: JSON) {
        guard let control = json["controller"]?.text.flatMap(SignalControl.init(rawValue:)),
            let sensors = json["sensors"]?.text.flatMap(SignalSensors.init(rawValue:))
        else { return nil }
        (self.control, self.sensors, model) = (control, sensors, json["model"]?.text)
    }

    var kept: JSON {
        [
            "controller": .string(control.rawValue), "model": model.map { .string($0) } ?? .null, "sensors": .string(sensors.rawValue),
        ]
    }

    /// "learned (planner:2) by cameras"
    package var description: String { control.rawValue + (model.map { " (\($0))" } ?? "") + " by " + sensors.rawValue }

    /// What comes with this release (FNV-1a of its numbers).
    private static let own: String = {
        let hash = SignalModel.trained.flat.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
        return "with Lares " + String(hash & 0xFFFF_FFFF, radix: 36)
    }()
}
