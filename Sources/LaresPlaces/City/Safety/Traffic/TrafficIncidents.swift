internal import Foundation
internal import LaresControl
internal import LaresForecast
public import LaresJSON
internal import LaresThings

/// Looks at every second of a street and raises alarms where traffic can't pass, and where a signal was to show what must not be.
///
/// ```swift
/// let incidents = TrafficIncidents(watching)
/// traffic.observe(incidents)                  // before traffic.run()
/// ```
public actor TrafficIncidents {
    /// An incident, as it is told.
    private struct Record {
        let incident: TrafficIncident
        let began: Date
        var ended: Date?
    }

    private let watching: Watching?
    private var detectors: [String: IncidentDetector] = [:]
    /// The plans that detectors were made for.
    private var plans: [String: SignalPlan] = [:]
    /// As which things junctions report themselves.
    private var things: [String: JunctionThing] = [:]
    private var records: [Record] = []
    private var lastTime = 0.0
    private let occurrences: @Sendable () -> [TrafficOccurrence]
    /// When the latest of them that was told of was.
    private var toldAt: Date?

    /// What alarms of it say they come from.
    public static let watch = "traffic-incidents"
    /// Incidents that are remembered here; alarms remain.
    static let most = 200
    /// Seconds of an open incident between two signs that it goes on.
    private static let reminding = 60.0

    /// - Parameters:
    ///   - watching: Where alarms are raised; nil: nowhere.
    ///   - occurrences: What happened on the street, the latest first: it stands in the timelines of incidents.
    public init(_ watching: Watching?, occurrences: @escaping @Sendable () -> [TrafficOccurrence] = { [] }) {
        (self.watching, self.occurrences) = (watching, occurrences)
    }

    /// What happened since the last time, for the incidents of its junction.
    private func tell() async {
        guard let watching else { return }
        let all = occurrences(), last = toldAt
        toldAt = all.map(\.at).max() ?? last
        for one in all.reversed() where one.kind == "violation" && one.at > last ?? .distantPast { await alarm(one, watching) }
        // What happened before this looked is of another time.
        guard let last else { return toldAt = toldAt ?? .distantPast }
        for one in all.reversed() where one.at > last {
            guard let thing = one.junction.flatMap({ ThingID("signal_" + JunctionThing($0).slug) }) else { continue }
            await watching.note(TimelineEntry(one.at, .signal, thing.description, "\(one.kind): \(one.text)"), about: thing)
        }
    }

    /// A monitor objected to what a signal was to show: it showed red for all, but what would have had it shown is broken.
    private func alarm(_ violation: TrafficOccurrence, _ watching: Watching) async {
        guard let thing = violation.junction.flatMap({ ThingID("signal_" + (things[$0] ?? JunctionThing($0)).slug) }) else { return }
        let series = SeriesKey(thing: thing.description, property: "violation")
        let cause = Alarm.Cause(series: series, value: 1, score: 1, model: "traffic-violation", version: "1")
        await watching.raise(AlarmBook.Sign(watch: Self.watch, place: nil, severity: .critical, cause: cause), at: violation.at)
    }

    /// Looks at a second of one junction.
    private func see(_ plan: SignalPlan, _ aspects: [Aspect], _ approaches: [ApproachReading], time: Double, at date: Date) async {
        if plans[plan.name] != plan {
            (plans[plan.name], detectors[plan.name]) = (plan, IncidentDetector(plan))
        }
        let changes = detectors[plan.name]?.tick(approaches, lights: plan.lights(aspects), at: time) ?? []
        for change in changes {
            switch change {
            case .began(let incident):
                records = records.suffix(Self.most - 1) + [Record(incident: incident, began: date)]
                await raise(incident, at: date)
            case .ended(let incident, _):
                if let place = records.lastIndex(where: { $0.incident == incident }) { records[place].ended = date }
            }
        }
        guard time.truncatingRemainder(dividingBy: Self.reminding) == 0, let watching else { return }
        for incident in detectors[plan.name]?.open ?? [] {
            await watching.goOn(Self.watch, series(of: incident), at: date)
        }
    }

    private func raise(_ incident: TrafficIncident, at date: Date) async {
        guard let watching else { return }
        let cause = Alarm.Cause(
            series: series(of: incident), value: 1, score: 1, model: "traffic-" + incident.kind.rawValue, version: "1")
        await watching.raise(AlarmBook.Sign(watch: Self.watch, place: nil, severity: .major, cause: cause), at: date)
    }

    /// The junction as it reports itself, and the road.
    private func series(of incident: TrafficIncident) -> SeriesKey {
        let slug = (things[incident.signal] ?? JunctionThing(incident.signal)).slug
        let thing = ThingID("signal_" + slug) ?? ThingID(naming: incident.signal)
        return SeriesKey(
            thing: thing.description, property: Slug.property("incident " + JunctionThing(incident.road).slug) ?? "incident")
    }

    /// The latest first.
    ///
    /// - Parameter limit: 1 to 200.
    public func json(limit: Int = 100) -> JSON {
        .array(
            records.suffix(max(0, limit)).reversed().map { record in
                let incident = record.incident
                return [
                    "junction": .string(incident.signal), "road": .string(incident.road), "lane": .string(incident.lane),
                    "kind": .string(incident.kind.rawValue), "time": .double(incident.time),
                    "at": .number(record.began.timeIntervalSince1970),
                    "ended_at": record.ended.map { .number($0.timeIntervalSince1970) } ?? .null,
                    "series": .string(series(of: incident).description),
                ]
            })
    }
}

extension TrafficIncidents: TrafficObserver {
    /// A second of the street. One that begins again is watched anew.
    public func saw(_ second: TrafficSecond) async {
        if second.time < lastTime { (detectors, plans) = ([:], [:]) }
        lastTime = second.time
        let names = second.junctions.map(\.plan.name)
        if things.count != names.count || !names.allSatisfy({ things[$0] != nil }) { things = JunctionThing.named(names) }
        await tell()
        for junction in second.junctions {
            await see(junction.plan, junction.aspects, junction.approaches, time: second.time, at: second.at)
        }
    }
}
