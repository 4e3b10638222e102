public import LaresControl

/// How the demonstration's junctions are controlled: every controller is there, at every stage, with cameras and with loops.
public struct DistrictPlan: Sendable {
    /// One junction.
    public struct Junction: Sendable {
        /// As `netgenerate` calls it.
        public let name: String
        /// What controls it.
        public let control: SignalControl
        /// How far that is trusted; nil: it is the programme itself.
        public let stage: Stage?
        /// What it sees by.
        public let sensors: SignalSensors
    }

    /// All of them.
    public static let junctions: [Junction] = [
        .init(name: "A0", control: .fixed, stage: nil, sensors: .cameras),
        .init(name: "A1", control: .actuated, stage: .active, sensors: .loops),
        .init(name: "A2", control: .maxPressure, stage: .shadow, sensors: .cameras),
        .init(name: "B0", control: .maxWave, stage: .active, sensors: .cameras),
        .init(name: "B1", control: .learned, stage: .active, sensors: .cameras),
        .init(name: "B2", control: .learned, stage: .guarded, sensors: .cameras),
        .init(name: "C0", control: .maxWave, stage: .guarded, sensors: .cameras),
        .init(name: "C1", control: .learned, stage: .active, sensors: .loops),
        .init(name: "C2", control: .maxPressure, stage: .active, sensors: .cameras),
        .init(name: "D0", control: .actuated, stage: .guarded, sensors: .cameras),
        .init(name: "D1", control: .maxWave, stage: .shadow, sensors: .loops),
        .init(name: "D2", control: .learned, stage: .shadow, sensors: .cameras),
    ]
}

/// Something that is made to go wrong in the demonstration.
public enum DistrictTrouble: Sendable, Hashable {
    /// A vehicle breaks down before a junction and stands in the way for a while, in seconds.
    case breakdown(junction: String, seconds: Double)
    /// A lane before a junction is closed for a while, in seconds.
    case closure(junction: String, seconds: Double)
    /// A loop at a stop line lies.
    case loop(LoopHealth.Fault, junction: String, seconds: Double)
    /// A pipe bursts in a home where nobody is, or is mended.
    case leak(home: Int, isRunning: Bool)

    /// What begins in a minute of the demonstration, which goes round every twenty minutes.
    public static func all(inMinute minute: Int) -> [DistrictTrouble] {
        switch minute % 20 {
        case 0: [.breakdown(junction: "B1", seconds: 240)]
        case 1: [.loop(.lying, junction: "C1", seconds: 240)]
        case 6: [.closure(junction: "B1", seconds: 300)]
        case 4: [.leak(home: 1, isRunning: true)]
        case 9: [.loop(.stuck, junction: "D1", seconds: 900)]
        case 12: [.closure(junction: "C0", seconds: 300)]
        case 15: [.breakdown(junction: "D0", seconds: 240)]
        case 18: [.leak(home: 1, isRunning: false)]
        default: []
        }
    }
}
