import Foundation
import Hummingbird
import LaresPlaces
import LaresThings

/// What somebody wants to know of a series, as the page's address has it.
struct QueryForm: Sendable {
    /// Which answer of the API.
    enum What: String, CaseIterable, Sendable {
        case history, statistics, forecasts
    }

    let what: What
    let series: SeriesKey?
    /// How far back.
    let span: DashboardPanel.Span
    /// Until when; as it was entered, "2026-11-29T18:00" in the place's time; empty: now.
    let until: String
    let width: Int
    let period: String
    let horizon: Int
    let zone: TimeZone

    init(_ request: Request, zone: TimeZone) {
        let query = request.queryFields
        what = query.get("what").flatMap { What(rawValue: $0) } ?? .history
        series = query.get("series").flatMap { SeriesKey($0) }
        span = query.get("span").flatMap { DashboardPanel.Span(rawValue: $0) } ?? .day
        until = query.get("until") ?? ""
        width = query.get("width").flatMap { Int($0) } ?? 480
        let periods = what == .forecasts ? ["hour", "day"] : ["five_minutes", "hour", "day"]
        period = query.get("period").flatMap { periods.contains($0) ? $0 : nil } ?? "hour"
        horizon = query.get("horizon").flatMap { Int($0) } ?? (period == "day" ? 7 : 24)
        self.zone = zone
    }

    /// The moment of `until`; nil for now, and for what is no moment.
    var end: Date? {
        let numbers = until.split(whereSeparator: { "-T:".contains($0) }).map { Int($0) ?? -1 }
        guard (5...6).contains(numbers.count), numbers.allSatisfy({ (0...2_199).contains($0) }), until.utf8.count <= 19 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4])
        guard parts.isValidDate(in: calendar), let date = calendar.date(from: parts), date.timeIntervalSince1970 > 0 else { return nil }
        return date
    }

    /// Whether `until` can't be read.
    var isWrong: Bool { !until.isEmpty && end == nil }

    var range: Range<Timestamp> { PageSpan(seconds: span.seconds, until: end).range }

    /// The call that answers it; nil without a series.
    var call: APICall? {
        guard let series else { return nil }
        let times = [("from", Self.seconds(range.lowerBound)), ("to", Self.seconds(range.upperBound))]
        let query: [(name: String, value: String)] =
            switch what {
            case .history: [("property", series.description)] + times + [("width", "\(width)")]
            case .statistics: [("property", series.description)] + times + [("period", period)]
            case .forecasts: [("series", series.description), ("horizon", "\(horizon)"), ("period", period)]
            }
        return APICall(path: "/lares/v1/\(what.rawValue)", query: query)
    }

    /// Every reading of the same stretch as a file; nil without a series.
    var file: APICall? {
        series.map {
            APICall(
                path: "/lares/v1/history.csv",
                query: [("property", $0.description), ("from", Self.seconds(range.lowerBound)), ("to", Self.seconds(range.upperBound))])
        }
    }

    private static func seconds(_ time: Timestamp) -> String { "\(time.milliseconds / 1_000)" }
}
