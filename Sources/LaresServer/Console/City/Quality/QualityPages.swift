import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// The pages of the quality of data: silences, what came late, double or flagged, and what couldn't be taken.
struct QualityPages: Sendable {
    let city: CityPages
    let ingest: Ingest

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/quality", use: list)
        router.get("/quality/letters", use: letters)
        router.post("/quality/letters", use: changeLetters)
        router.get("/quality/letters/:letter", use: letter)
        router.post("/quality/letters/:letter", use: changeLetter)
    }

    /// How far back the page looks.
    enum Span: String, CaseIterable {
        case day, week

        var seconds: Double { self == .day ? 86_400 : 604_800 }
        /// Buckets of a series: two and a half minutes of a day, five of a week.
        var buckets: Int { self == .day ? 577 : 2_017 }
    }

    /// Rows of a page.
    private static let rows = 25

    /// What of the series is asked for.
    private struct Question {
        let span: Span
        let find: String
        let after: String?
        let isNoticed: Bool

        init(_ request: Request) {
            let query = request.queryFields
            span = query.get("span").flatMap { Span(rawValue: $0) } ?? .day
            (find, after, isNoticed) = (query.get("find") ?? "", query.get("after"), query.get("noticed") != nil)
        }

        func address(_ span: Span) -> String { "/quality?span=\(span.rawValue)" + (find.isEmpty ? "" : "&find=\(find.pathEscaped)") }
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await seeing(request, context) { viewer, tenant in
            let question = Question(request), words = console.words(viewer), amount = console.amount(viewer)
            let search = try await city.search(viewer.caller)
            let found =
                question.isNoticed
                ? try await noticed(search, question.find) : try await search.found(question.find, atMost: Self.rows, after: question.after)
            let rows = try await rows(found.series, question.span, viewer), silent = rows.count { $0["isSilent"] as? Bool == true }
            let size = try await ingest.letters.size(of: tenant)
            var fields = Self.links(question, found, words)
            fields["sentence"] =
                found.count > 0
                ? words("quality.sentence", ["n": amount.whole(found.count), "silent": amount.whole(silent)])
                : words(question.find.isEmpty && !question.isNoticed ? "quality.none" : "find.none")
            (fields["rows"], fields["any"]) = (rows, !rows.isEmpty)
            fields["since"] = words("quality.since", ["when": amount.moment(ingest.startedAt)])
            fields["letters"] = words("letters.sentence", ["n": amount.whole(size.letters), "lines": amount.whole(size.lines)])
            return try console.html(.quality, title: words("quality.title"), fields, viewer: viewer)
        }
    }

    private static func links(_ question: Question, _ found: SeriesSearch.Found, _ words: Words) -> [String: Any] {
        var fields: [String: Any] = [
            "spans": Span.allCases.map { span -> [String: Any] in
                let isCurrent = span == question.span && !question.isNoticed
                return ["href": question.address(span), "word": words("span.\(span.rawValue)"), "current": isCurrent]
            }, "findText": question.find, "span": question.span.rawValue, "isNoticed": question.isNoticed,
            "noticedHref": question.address(question.span) + "&noticed=1", "next": false, "first": false,
        ]
        if !question.isNoticed, found.series.count == rows, let last = found.series.last {
            fields["next"] = "\(question.address(question.span))&after=\(last.key.queried)"
        }
        if question.after != nil { fields["first"] = question.address(question.span) }
        return fields
    }

    /// The series of which most was noticed, worst first.
    private func noticed(_ search: SeriesSearch, _ words: String) async throws -> SeriesSearch.Found {
        let series = try await search.series(await ingest.noticed(atMost: 1_000).filter(search.matcher(words)))
        return SeriesSearch.Found(series: Array(series.prefix(Self.rows)), count: series.count)
    }

    private func rows(_ series: [Series], _ span: Span, _ viewer: Viewer) async throws -> [[String: Any]] {
        let keys = series.map(\.key), said = await city.said(viewer, keys), marks = await ingest.marks(of: keys)
        let range = PageSpan(seconds: span.seconds).range
        let charts = Dictionary(try await city.charts(series, in: range, atMost: span.buckets).map { ($0.key, $0.chart) }) { $1 }
        let latest = try await city.telemetry.latest(of: series.map(\.id))
        return series.map { one in
            QualityRow(
                key: one.key, chart: charts[one.key], latest: latest[one.id], marks: marks[one.key]?.marks ?? SeriesMarks(), range: range,
                said: said
            )
            .fields
        }
    }
}

/// How good the data of a series is, in a reader's words.
struct QualityRow {
    let key: SeriesKey
    /// Nil for a series of texts.
    let chart: BucketedSeries?
    let latest: Reading?
    let marks: SeriesMarks
    let range: Range<Timestamp>
    let said: SeriesWords

    private var words: Words { said.words }
    private var amount: Amount { said.amount }

    /// The fields of one row of the template `quality`.
    var fields: [String: Any] {
        let silence = chart.map { SeriesSilence($0, in: range) }
        let isSilent = silence.map { $0.gaps.last?.upperBound == range.upperBound || $0.stretches.isEmpty } ?? false
        let (tone, icon, state) =
            isSilent
            ? ("bad", "alert", "silent")
            : silence?.gaps.isEmpty == false || marks.total > 0 ? ("warn", "alert", "noticed") : ("ok", "check", "good")
        return [
            "series": said.name(key), "href": "/query?series=\(key.queried)", "tone": tone, "stateIcon": icon,
            "state": words("quality.state.\(state)"), "isSilent": isSilent, "gaps": gaps(silence), "usual": usual(silence),
            "seen": latest.map { amount.ago($0.time.date, now: .now) } ?? words("panel.silent"),
            "exact": latest.map { amount.exact($0.time.date) } ?? false, "late": count(marks.late), "duplicates": count(marks.duplicates),
            "replaced": count(marks.replaced), "flagged": count(marks.flagged),
        ]
    }

    private func count(_ number: UInt32) -> String { amount.whole(Int(number)) }

    private func gaps(_ silence: SeriesSilence?) -> String {
        guard let silence, !silence.stretches.isEmpty else { return words("unit.none") }
        return silence.gaps.isEmpty
            ? "0" : words("quality.gaps", ["n": "\(silence.gaps.count)", "long": amount.duration(silence.seconds)])
    }

    private func usual(_ silence: SeriesSilence?) -> String {
        guard let silence, silence.stretches.contains(where: { $0.count > 2 }) else { return words("unit.none") }
        return amount.duration(Double(silence.usual) / 1_000)
    }
}
