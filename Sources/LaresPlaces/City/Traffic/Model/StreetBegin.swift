internal import Foundation
package import LaresJSON

/// At which of its times a simulated street begins whenever it is opened.
public enum StreetBegin: Sendable, Hashable {
    /// When its demand does.
    case demand
    /// At our time of the day.
    case clock
    case at(TimeOfDay)

    /// Its first second; nil: that of its demand.
    func second(_ now: Date) -> Double? {
        switch self {
        case .demand: nil
        case .clock: now.timeIntervalSince(Calendar.current.startOfDay(for: now)).rounded(.down)
        case .at(let time): Double(time.seconds)
        }
    }
}

extension StreetBegin {
    /// `true` for our time of the day, "08:00" for that one, `false` or nothing for its demand's; nil: something else.
    package init?(_ json: JSON?) {
        switch json {
        case nil, .null?, .bool(false)?: self = .demand
        case .bool(true)?: self = .clock
        case .string(let text)?:
            guard let time = TimeOfDay(text) else { return nil }
            self = .at(time)
        default: return nil
        }
    }

    var json: JSON {
        switch self {
        case .demand: false
        case .clock: true
        case .at(let time): .string(time.description)
        }
    }
}
