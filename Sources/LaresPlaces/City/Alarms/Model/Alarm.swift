public import Foundation
public import LaresThings

/// Something that somebody should look at: what, since when, why one thinks so, and what was done about it.
public struct Alarm: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
        /// Worth knowing.
        case minor
        /// Worth looking at today.
        case major
        /// Worth getting up for.
        case critical

        /// From minor to critical.
        public static func < (a: Severity, b: Severity) -> Bool {
            (Severity.allCases.firstIndex(of: a) ?? 0) < (Severity.allCases.firstIndex(of: b) ?? 0)
        }
    }

    /// Where it stands (after ISA-18.2).
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It is so, and nobody said that they saw it.
        case raised
        /// It is so, and somebody saw it.
        case acknowledged
        /// It isn't so any more.
        case cleared
        /// Nobody wants to hear of it for a while.
        case shelved
    }

    /// Why one thinks so.
    public struct Cause: Hashable, Sendable {
        /// What was measured.
        public let series: SeriesKey
        /// What it was.
        public let value: Double
        /// How odd that is, 0 to 1.
        public let score: Double
        /// What found it.
        public let model: String
        /// Which version of that.
        public let version: String

        /// A cause.
        public init(series: SeriesKey, value: Double, score: Double, model: String, version: String) {
            (self.series, self.value, self.score, self.model, self.version) = (series, value, score, model, version)
        }
    }

    /// Who did something, and when.
    public struct Act: Hashable, Sendable {
        /// Who.
        public let person: String
        /// When.
        public let date: Date

        /// An act.
        public init(_ person: String, at date: Date) { (self.person, self.date) = (person, date) }
    }

    /// Counts up.
    public let number: Int
    /// The watch that it comes from.
    public let watch: String
    /// Where it is; nil: nobody said.
    public let place: AreaID?
    /// How bad it is: as bad as it ever was.
    public internal(set) var severity: Severity
    /// What began it.
    public let cause: Cause
    /// What was oddest.
    public internal(set) var worst: Cause
    /// When it began.
    public let raisedAt: Date
    /// When it was last so.
    public internal(set) var lastAt: Date
    /// How often it began: more than once when it came back soon.
    public internal(set) var times = 1
    /// Whether it comes and goes: it stays until it is calm for long.
    public internal(set) var isFlapping = false
    /// Who saw it; nil: nobody.
    public internal(set) var acknowledged: Act?
    /// When it was over; nil: it isn't.
    public internal(set) var clearedAt: Date?
    /// Who cleared it; nil: it cleared itself.
    public internal(set) var clearedBy: String?
    /// Why they did; nil: they didn't say.
    public internal(set) var clearedBecause: String?
    /// Until when nobody wants to hear of it.
    public internal(set) var shelvedUntil: Date?
    /// The incident that it is part of.
    public internal(set) var incident: Int

    /// What was measured.
    public var series: SeriesKey { cause.series }

    /// Where it stands.
    public var state: State {
        if clearedAt != nil { return .cleared }
        if shelvedUntil != nil { return .shelved }
        return acknowledged == nil ? .raised : .acknowledged
    }

    init(number: Int, watch: String, place: AreaID?, severity: Severity, cause: Cause, raisedAt: Date, incident: Int) {
        (self.number, self.watch, self.place, self.severity) = (number, watch, place, severity)
        (self.cause, worst, self.raisedAt, lastAt, self.incident) = (cause, cause, raisedAt, raisedAt, incident)
    }
}
