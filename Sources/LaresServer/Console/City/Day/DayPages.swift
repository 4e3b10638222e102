import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of an operator's day: what waits for a decision, and all that happened.
struct DayPages: Sendable {
    let city: CityPages

    var console: Console { city.console }

    /// What is looked through of each kind.
    private static let looked = 2_000

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/day", use: show)
        router.get("/day-events", use: events)
    }

    private func only(_ request: Request) -> DayBook.Kind? { request.queryFields.get("only").flatMap { DayBook.Kind(rawValue: $0) } }

    private func span(_ request: Request, _ viewer: Viewer) -> DaySpan {
        DaySpan(request.queryFields.get("day"), in: console.amount(viewer).timeZone)
    }

    private func address(_ day: String?, _ only: DayBook.Kind?, _ page: String = "/day") -> String {
        let parts = [day.map { "day=\($0)" }, only.map { "only=\($0.rawValue)" }].compactMap(\.self)
        return parts.isEmpty ? page : page + "?" + parts.joined(separator: "&")
    }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let span = span(request, viewer), only = only(request), words = console.words(viewer)
            let book = try await book(span, viewer, only: only), day = span.isToday ? nil : span.day(0)
            var fields = book.fields(only: only)
            fields.merge(try await lane(span, book, viewer)) { $1 }
            (fields["sentence"], fields["when"]) = (book.sentence, console.amount(viewer).date(span.start))
            (fields["earlier"], fields["later"]) = (address(span.day(-1), only), span.isToday ? false : address(span.day(1), only) as Any)
            fields["feed"] = address(day, only, "/day-events")
            fields["kinds"] =
                [["href": address(day, nil), "word": words("day.all"), "current": only == nil] as [String: Any]]
                + DayBook.Kind.allCases.map {
                    ["href": address(day, $0), "word": words("day.kind.\($0.rawValue)"), "current": only == $0] as [String: Any]
                }
            return try console.html(.day, title: words("day.title"), fields, viewer: viewer)
        }
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context), only = only(request)
        return try await console.feed(request, context, every: .seconds(1)) {
            let span = span(request, viewer), book = try await book(span, viewer, only: only), fields = book.fields(only: only)
            func part(_ page: Page, _ fields: [String: Any]) throws -> JSON {
                .string(try console.pages.render(page, fields, language: viewer.language))
            }
            return [
                "sentence": .string(book.sentence),
                "parts": [
                    "waits": try part(.dayWaiting, fields), "deeds": try part(.deeds, fields), "counts": try part(.dayCounts, fields),
                    "line": try part(.alarmLine, try await lane(span, book, viewer)),
                ],
            ]
        }
    }

    /// Alarms and incidents of the day as lanes.
    private func lane(_ span: DaySpan, _ book: DayBook, _ viewer: Viewer) async throws -> [String: Any] {
        let lanes = AlarmSpan(dayUntil: span.end)
        let range = lanes.span.range
        let alarms = book.alarms.filter {
            Timestamp($0.raisedAt) < range.upperBound && $0.clearedAt.map { Timestamp($0) >= range.lowerBound } ?? true
        }
        let incidents = book.incidents.filter {
            Timestamp($0.startedAt) < range.upperBound && $0.endedAt.map { Timestamp($0) >= range.lowerBound } ?? true
        }
        return AlarmLine(
            alarms: alarms, incidents: incidents, span: lanes, said: book.rows.said, sight: try await city.sight(viewer.caller)
        )
        .fields
    }

    private func book(_ span: DaySpan, _ viewer: Viewer, only: DayBook.Kind?) async throws -> DayBook {
        let sight = try await city.sight(viewer.caller), said = await city.said(viewer), streets = city.city.streets
        let alarms = try await city.city.watching?.alarms(limit: Self.looked).filter { sight.tells(of: $0.series.thing) }
        let incidents = try await city.city.watching?.incidents(limit: 500).filter { $0.things.allSatisfy(sight.tells) }
        var book = DayBook(
            span: span, rows: AlarmRows(said: said, now: .now, mayAct: viewer.caller.mayMakeRules, back: "/day"),
            deeds: DeedWords(junctions: JunctionWords(amount: said.amount)), alarms: alarms ?? [], incidents: incidents ?? [],
            junctions: await streets?.junctions().compactMap(Junction.init) ?? [], mayTake: viewer.caller.mayMakeRules)
        let principal = viewer.caller.principal
        book.questions = try console.guardian?.pending(for: principal, through: .console).count ?? 0
        // Taking over and handing back are hand-overs, which say who and why: signals tell of them too.
        let signals = await streets?.events(limit: 500).filter { !["taken-over", "handed-back"].contains($0["kind"]?.text ?? "") } ?? []
        book.lines = signals.compactMap(book.deeds.event).map { (.signals, $0) }
        let energy = try await city.energy(viewer)
        if viewer.caller.mayControl, let energy { book.lines += await energy.history(limit: 500).compactMap(book.deeds.energy) }
        if let deeds = city.city.deeds {
            book.lines += await deeds.handovers(limit: 500).compactMap(book.deeds.handover).map { (.handovers, $0) }
            // What controllers order all the time is shown to who asks for orders: among it nobody finds what matters.
            let orders = await only == .orders ? deeds.orders(of: nil, limit: 500) : deeds.notableOrders(limit: 500)
            book.lines += orders.compactMap { energy == nil ? $0 : energy?.sight.told(order: $0) }.compactMap(book.deeds.order)
                .map { (.orders, $0) }
        }
        return book
    }
}
