internal import Foundation
public import LaresJSON

extension TrafficStatus {
    /// As the API shows it.
    public var json: JSON {
        [
            "state": .string(state.rawValue), "trouble": trouble.map { .string($0) } ?? .null,
            "scenario": name.map { .string($0) } ?? .null,
            "simulator": simulator.map { .string($0) } ?? .null, "time": time.map { .double($0) } ?? .null, "clock": .clock(time),
            "speed": .double(speed), "late": .rounded(late), "restarts": .int(restarts),
            "since": since.map { .double($0.timeIntervalSince1970) } ?? .null, "violations": .int(violations.count),
        ]
    }
}

extension JSON {
    /// "08:00:12"; null where there is no time.
    static func clock(_ time: Double?) -> JSON {
        guard let time, time.isFinite, abs(time) < 1e9 else { return .null }
        let seconds = ((Int(time) % 86_400) + 86_400) % 86_400
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return .string(parts.joined(separator: ":"))
    }
}
