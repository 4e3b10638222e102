import Foundation
import LaresPlaces
import LaresThings

/// Which stretch of time, and what of it, the page of alarms shows: all of it is in its address.
struct AlarmSpan: Sendable {
    /// How long it is.
    enum Length: String, CaseIterable, Sendable {
        case quarter, hour, watch, day, week, month

        var seconds: Double {
            switch self {
            case .quarter: 900
            case .hour: 3_600
            case .watch: 21_600
            case .day: 86_400
            case .week: 604_800
            case .month: 30 * 86_400
            }
        }
    }

    let length: Length
    /// Where it ends; nil: now.
    let end: Date?
    /// Kinds of data that are left out.
    let without: Set<TimelineEntry.Kind>
    let now: Date

    /// A day until now unless the address says otherwise.
    init(_ length: String?, until end: String?, without: String?, now: Date = .now) {
        self.length = length.flatMap { Length(rawValue: $0) } ?? .day
        let moment = end.flatMap { Double($0) }.flatMap { (0...7_258_118_400).contains($0) ? Date(timeIntervalSince1970: $0) : nil }
        self.end = moment.flatMap { $0 < now ? $0 : nil }
        self.without = Set((without ?? "").split(separator: ",").compactMap { TimelineEntry.Kind(rawValue: String($0)) })
        self.now = now
    }

    /// A whole day, what of it is still to come too, without the lanes of what happened around incidents.
    init(dayUntil end: Date, now: Date = .now) {
        (length, self.end, without, self.now) = (.day, end, Set(TimelineEntry.Kind.allCases), now)
    }

    private init(_ length: Length, _ end: Date?, _ without: Set<TimelineEntry.Kind>, _ now: Date) {
        (self.length, self.end, self.without, self.now) = (length, end.flatMap { $0 < now ? $0 : nil }, without, now)
    }

    var span: PageSpan { PageSpan(seconds: length.seconds, until: end, now: now) }

    /// The query of its address.
    var query: String {
        var query = "?span=\(length.rawValue)"
        if let end { query += "&to=\(Int(end.timeIntervalSince1970))" }
        if !without.isEmpty { query += "&without=\(without.map(\.rawValue).sorted().joined(separator: ","))" }
        return query
    }

    /// The fields of the links that move it, make it shorter and longer, and choose kinds.
    func fields(_ words: Words) -> [String: Any] {
        let place = Length.allCases.firstIndex(of: length) ?? 0, middle = (end ?? now).addingTimeInterval(-length.seconds / 2)
        let inner = place > 0 ? Length.allCases[place - 1] : nil
        let outer = place + 1 < Length.allCases.count ? Length.allCases[place + 1] : nil
        func link(_ length: Length, _ end: Date?) -> String { "/alarms" + AlarmSpan(length, end, without, now).query }
        // Who looks at now goes on looking at now; else the middle stays where it is.
        func zoomed(_ other: Length) -> String { link(other, end == nil ? nil : middle.addingTimeInterval(other.seconds / 2)) }
        return [
            "zoomIn": inner.map(zoomed) ?? false, "zoomOut": outer.map(zoomed) ?? false,
            "earlier": link(length, (end ?? now).addingTimeInterval(-length.seconds / 2)),
            "later": end.map { link(length, $0.addingTimeInterval(length.seconds / 2)) } ?? false,
            "lengths": Length.allCases.map {
                ["href": link($0, end), "word": words("alarms.span.\($0.rawValue)"), "current": $0 == length] as [String: Any]
            },
            "kinds": TimelineEntry.Kind.allCases.map { kind -> [String: Any] in
                [
                    "href": "/alarms" + AlarmSpan(length, end, without.symmetricDifference([kind]), now).query,
                    "word": words("entry.kind.\(kind.rawValue)"), "current": !without.contains(kind),
                    "kindName": words(
                        without.contains(kind) ? "alarms.showKind" : "alarms.hideKind", ["kind": words("entry.kind.\(kind.rawValue)")]),
                ]
            },
        ]
    }
}
