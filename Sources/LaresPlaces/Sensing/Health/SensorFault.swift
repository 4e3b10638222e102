public import Foundation
public import LaresThings

/// Something wrong with a sensor: since when, until when, and why one thinks so. Programs read the code, the reason and the figures; whoever shows it words it.
public struct SensorFault: Hashable, Sendable {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// It says the same for longer than it ever did.
        case stuck
        /// It says nothing for much longer than it usually does.
        case silent
        /// It says what can't be.
        case impossible
        /// It changes more often than can be.
        case flapping
        /// Its battery is nearly empty.
        case lowBattery = "low_battery"
    }

    /// Why one thinks so, more closely; each has the figures it names.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// True for `seconds`; at most `limit` is usual.
        case trueTooLong = "true_too_long"
        /// `value` for `seconds` while it was reported; at most `limit` is usual.
        case sameNumber = "same_number"
        /// False while the others in its area became true `count` times; at most `limit` is usual.
        case neverTrue = "never_true"
        /// Nothing for `seconds`; at most `limit` is usual.
        case noReport = "no_report"
        /// `value` isn't between `least` and `most`.
        case outOfRange = "out_of_range"
        /// From `from` to `value` within `seconds`; at most `limit` is usual.
        case jump
        /// `count` changes within a minute; at most `limit` is usual.
        case tooManyChanges = "too_many_changes"
        /// `value` percent; for those that only say that it is low, nothing.
        case lowBattery = "low_battery"

        /// What is wrong then.
        public var code: Code {
            switch self {
            case .trueTooLong, .sameNumber, .neverTrue: .stuck
            case .noReport: .silent
            case .outOfRange, .jump: .impossible
            case .tooManyChanges: .flapping
            case .lowBattery: .lowBattery
            }
        }
    }

    /// The sensor.
    public let address: PropertyAddress
    /// Why one thinks so.
    public let reason: Reason
    /// The figures that the reason names, in seconds, counts, or the property's kind's unit: °C, W, kWh, hPa, V.
    public let figures: [String: Double]
    /// Since when it is known.
    public let raisedAt: Date
    /// When it was over; nil: it isn't.
    public var clearedAt: Date?

    /// What is wrong.
    public var code: Code { reason.code }

    /// A fault.
    public init(_ address: PropertyAddress, _ reason: Reason, _ figures: [String: Double], raisedAt: Date, clearedAt: Date? = nil) {
        (self.address, self.reason, self.figures, self.raisedAt, self.clearedAt) = (address, reason, figures, raisedAt, clearedAt)
    }
}
