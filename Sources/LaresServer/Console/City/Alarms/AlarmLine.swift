import Foundation
import LaresPlaces
import LaresThings

/// What happened in a stretch of time, a lane for each kind: alarms as long as they lasted, everything else as marks. The page says the same in words.
struct AlarmLine: Sendable {
    let alarms: [Alarm]
    let incidents: [Incident]
    let span: AlarmSpan
    let said: SeriesWords
    /// Whether a reader sees what is said of a thing.
    let sight: SeriesSight

    private static let (width, height) = (1_000, 20)
    private var range: Range<Timestamp> { span.span.range }
    private var axis: TimeAxis { TimeAxis(range: range, amount: said.amount) }

    /// The fields of the template `alarm-line`.
    var fields: [String: Any] {
        let severities = Alarm.Severity.allCases.reversed().map { severity in
            let mine = alarms.filter { $0.severity == severity }
            return lane(
                said.words("alarm.severity.\(severity.rawValue)"), severity.rawValue, bars: mine.map { ($0.raisedAt, $0.clearedAt) })
        }
        let together = lane(said.words("alarms.incidents"), "incident", bars: incidents.map { ($0.startedAt, $0.endedAt) })
        let kinds = TimelineEntry.Kind.allCases.filter { !span.without.contains($0) }.map { kind in
            lane(said.words("entry.kind.\(kind.rawValue)"), "entry", marks: entries.filter { $0.kind == kind }.map(\.date))
        }
        return ["lanes": severities + [together] + kinds, "xs": axis.labels]
    }

    private var entries: [TimelineEntry] {
        incidents.flatMap(\.timeline).filter { range.contains(Timestamp($0.date)) && $0.isSeen(by: sight) }
    }

    private func lane(_ label: String, _ look: String, bars: [(Date, Date?)] = [], marks: [Date] = []) -> [String: Any] {
        let count = bars.count + marks.count
        return [
            "lane": label, "look": look, "count": count == 0 ? said.words("unit.none") : "\(count)",
            "bars": bars.map { from, to -> [String: Any] in
                let (left, right) = (
                    axis.x(Timestamp(from), of: Self.width), axis.x(Timestamp(to ?? span.now), of: Self.width)
                )
                return ["x": "\(min(left, Self.width - 4))", "width": "\(max(4, right - left))"]
            }, "marks": Set(marks.map { axis.x(Timestamp($0), of: Self.width) }).sorted().map { "M\($0) 2V\(Self.height - 2)" }.joined(),
        ]
    }
}

extension TimelineEntry {
    /// Whether it is about nothing that a reader may not see.
    func isSeen(by sight: SeriesSight) -> Bool {
        if kind == .signal { return sight.tells(of: subject) }
        guard kind == .reading || kind == .command || kind == .forecast, let key = SeriesKey(subject) else { return true }
        return sight.tells(of: key.thing)
    }
}
