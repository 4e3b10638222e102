public import Foundation
public import LaresThings

/// Alarms that belong together, and all that happened around them in one line.
public struct Incident: Hashable, Sendable {
    /// Counts up.
    public let number: Int
    /// Where; nil: nobody said.
    public let place: AreaID?
    /// When the first alarm began.
    public let startedAt: Date
    /// When the last alarm began.
    public internal(set) var lastAt: Date
    /// When the last alarm was over; nil: it isn't.
    public internal(set) var endedAt: Date?
    /// The numbers of its alarms.
    public internal(set) var alarms: [Int]
    /// The things that they are about.
    public internal(set) var things: Set<String>
    /// As bad as the worst of them.
    public internal(set) var severity: Alarm.Severity
    /// What happened, in order.
    public internal(set) var timeline: [TimelineEntry] = []
    /// How many entries more there were.
    public internal(set) var further = 0

    init(number: Int, of alarm: Alarm) {
        (self.number, place, startedAt, lastAt) = (number, alarm.place, alarm.raisedAt, alarm.raisedAt)
        (alarms, things, severity) = ([alarm.number], [alarm.series.thing], alarm.severity)
    }

    /// The incident with some entries of its timeline only: those that its reader may see.
    public func showing(_ isShown: (TimelineEntry) -> Bool) -> Incident {
        var incident = self
        incident.timeline = timeline.filter(isShown)
        return incident
    }
}

/// Something that happened around an incident.
public struct TimelineEntry: Hashable, Sendable {
    /// What kind of data tells it.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A thing said that something became something else.
        case reading
        /// A model said what will be.
        case forecast
        /// An alarm began, came back, was seen, put away or over.
        case alarm
        /// A thing was asked for something.
        case command
        /// A rule did something.
        case rule
        /// A signal of the street fell back, rose a stage or was taken over; `what` is a kind of ``TrafficOccurrence``, a colon and its text.
        case signal
    }

    /// When.
    public let date: Date
    /// What kind it is.
    public let kind: Kind
    /// What it is about: a property, an alarm's number, a rule's id.
    public let subject: String
    /// What became of it, in a word or a value.
    public let what: String
    /// The place in the timeline of what it followed; nil: nobody knows.
    public let because: Int?

    /// An entry.
    public init(_ date: Date, _ kind: Kind, _ subject: String, _ what: String, because: Int? = nil) {
        (self.date, self.kind, self.subject, self.what, self.because) = (date, kind, subject, what, because)
    }
}
