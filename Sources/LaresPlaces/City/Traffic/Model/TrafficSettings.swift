internal import Foundation
package import LaresControl
internal import LaresJSON

/// How one junction is controlled, as it is kept over restarts.
package struct JunctionSettings: Sendable, Hashable {
    package var control = SignalControl.fixed
    /// A version of the registry, "planner:2"; nil: what comes with Lares.
    package var model: String?
    package var sensors = SignalSensors.cameras
    package var ladder = StageLadder()
    /// What earned the ladder's stage; nil: whatever controls it first.
    package var earned: TrustedControl?

    package init(_ control: SignalControl = .fixed, from stage: Stage = .shadow) {
        self.control = control
        ladder = StageLadder(from: stage)
    }

    /// Whether a junction is to be controlled in the same way.
    func isSame(as other: JunctionSettings) -> Bool {
        (control, model, sensors) == (other.control, other.model, other.sensors)
    }

    /// Another controller, reference or sensors, whose trust isn't earned yet.
    mutating func change(control: SignalControl, model: String?, sensors: SignalSensors) {
        guard (control, model, sensors) != (self.control, self.model, self.sensors) else { return }
        (self.control, self.model, self.sensors, earned) = (control, model, sensors, nil)
        ladder.set(.shadow)
    }
}

/// How a district is run, as it is kept over restarts.
struct TrafficSettings: Sendable, Hashable {
    /// The folder of the street; nil: there is none.
    var folder: String?
    var speed = 1.0
    var begin = StreetBegin.demand
    /// By the junctions' names.
    var junctions: [String: JunctionSettings] = [:]

    static let speeds = 0.1...100.0
    private static let mostBytes = 64 << 20

    init() {}

    /// Reads what was kept; what can't be read is as it is at first.
    init(contentsOf file: String) {
        guard let data = FileManager.default.contents(atPath: file), data.count <= Self.mostBytes,
            let json = try? JSON(parsing: Array(data))
        else { return }
        folder = json["folder"]?.text
        begin = StreetBegin(json["clock"]) ?? .demand
        speed = json["speed"]?.number.flatMap { Self.speeds.contains($0) ? $0 : nil } ?? 1
        guard case .object(let members)? = json["junctions"] else { return }
        for (name, junction) in members { junctions[name] = JunctionSettings(kept: junction) }
    }

    func write(to file: String) throws {
        let kept = junctions.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, $1.value.kept) }
        let json: JSON = [
            "folder": folder.map { .string($0) } ?? .null, "speed": .double(speed), "clock": begin.json,
            "junctions": .object(kept),
        ]
        try Data(json.data).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}

extension JunctionSettings {
    init(kept json: JSON) {
        self.init()
        control = json["controller"]?.text.flatMap(SignalControl.init(rawValue:)) ?? .fixed
        model = json["model"]?.text
        sensors = json["sensors"]?.text.flatMap(SignalSensors.init(rawValue:)) ?? .cameras
        // Trust is earned: what can't be read begins in the shadow.
        let ladder = json["ladder"]?.text.flatMap { try? JSONDecoder().decode(StageLadder.self, from: Data($0.utf8)) }
        self.ladder = ladder ?? StageLadder()
        earned = json["earned"].flatMap(TrustedControl.init(kept:))
        // Releases before this one didn't keep it: it can be told where only one version was ever meant. What can't be told wasn't earned.
        if earned == nil, json["earned"] != nil || control == .learned && !isOneVersion { self.ladder.set(.shadow) }
    }

    /// Whether the model is one version for ever: "planner:2", not whatever serves.
    private var isOneVersion: Bool { model?.split(separator: ":", maxSplits: 1).dropFirst().first.flatMap { Int($0) } != nil }

    var kept: JSON {
        let ladder = (try? JSONEncoder().encode(ladder)).map { String(decoding: $0, as: UTF8.self) }
        var members: JSON.Members = [
            "controller": .string(control.rawValue), "model": model.map { .string($0) } ?? .null, "sensors": .string(sensors.rawValue),
            "ladder": ladder.map { .string($0) } ?? .null,
        ]
        if let earned { members["earned"] = earned.kept }
        return .object(members)
    }
}
