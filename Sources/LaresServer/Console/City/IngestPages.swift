import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// The page of what comes in: points a second by tenant and source, quotas, and what waits. A tenant's key sees that tenant's.
struct IngestPages: Sendable {
    let city: CityPages
    let ingest: Ingest

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/ingest", use: show)
        router.get("/ingest-events", use: events)
    }

    /// Which tenant's rates they may see; nil in it: of all. Nil: none.
    static func tenant(of caller: Caller, _ ingest: Ingest) async -> String?? {
        if let own = await caller.keyID.asyncMap({ await ingest.tenant(ofKey: $0)?.name }) ?? nil { return .some(own) }
        return caller.mayAdminister ? .some(nil) : nil
    }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let tenant = await Self.tenant(of: viewer.caller, ingest) else { return try console.missingPage(request, context) }
            let words = console.words(viewer)
            let view = try await view(tenant, viewer)
            var fields = view.fields
            (fields["sentence"], fields["since"]) = (
                view.sentence, words("ingest.since", ["when": console.amount(viewer).moment(ingest.startedAt)])
            )
            fields["mayAct"] = viewer.caller.mayAdminister
            return try console.html(.ingest, title: words("ingest.title"), fields, viewer: viewer)
        }
    }

    private func view(_ tenant: String?, _ viewer: Viewer) async throws -> IngestView {
        let now = Date.now.timeIntervalSince1970, rates = await ingest.rates
        let status = await ingest.status().filter { tenant == nil || $0.tenant.name == tenant }
        return IngestView(
            status: status, lines: rates.lines(until: now).filter { tenant == nil || $0.origin.tenant == tenant },
            pressure: rates.pressure(until: now), backlog: await ingest.backlog, isAll: tenant == nil, now: now,
            amount: console.amount(viewer))
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        guard let tenant = await Self.tenant(of: viewer.caller, ingest) else { throw HTTPError(.notFound) }
        return try await console.feed(request, context, every: .seconds(2)) {
            let view = try await view(tenant, viewer)
            let html = try console.pages.render(.ingestRates, view.fields, language: viewer.language)
            return ["sentence": .string(view.sentence), "parts": ["rates": .string(html)]]
        }
    }
}

/// What comes in, in a reader's words.
struct IngestView: Sendable {
    let status: [TenantStatus]
    let lines: [IngestRates.Line]
    let pressure: (waited: [Int], told: [Int])
    let backlog: (points: Int, limit: Int)
    let isAll: Bool
    let now: Double
    let amount: Amount

    private var words: Words { amount.words }
    private static let (width, height) = (1_000, 250)

    var sentence: String {
        let rate = status.reduce(0) { $0 + $1.pointsPerSecond }, stored = status.reduce(0) { $0 + $1.totals.stored }
        guard stored > 0 || !lines.isEmpty else { return words("ingest.none") }
        return words("ingest.sentence", ["rate": points(rate), "stored": amount.count(stored), "n": "\(status.count)"])
    }

    private func points(_ rate: Double) -> String { words("ingest.rate", ["n": amount.short(rate)]) }

    private func name(_ tenant: String) -> String { tenant.isEmpty ? words("ingest.own") : tenant }

    private func name(_ origin: IngestRates.Origin) -> String {
        words(
            "ingest.origin",
            ["tenant": name(origin.tenant), "source": origin.source.isEmpty ? words("ingest.others") : origin.source.printable])
    }

    /// The fields of the template `ingest-rates`.
    var fields: [String: Any] {
        let pictured = lines.sorted { $0.points.reduce(0, +) > $1.points.reduce(0, +) }.prefix(5)
        let refused = pressure.told.reduce(0, +)
        return [
            "chart": chart(Array(pictured)).map { $0 as Any } ?? false, "tenants": status.map(row), "sources": lines.map(source),
            "anySources": !lines.isEmpty,
            "rest": lines.count > pictured.count ? words("ingest.rest", ["n": "\(lines.count - pictured.count)"]) : false,
            "isAll": isAll, "waiting": words("ingest.waiting", ["n": amount.whole(backlog.points), "limit": amount.whole(backlog.limit)]),
            "most": words("ingest.most", ["n": amount.whole(pressure.waited.max() ?? 0)]), "waitingNow": "\(backlog.points)",
            "waitingLimit": "\(backlog.limit)",
            "told": refused == 0 ? words("ingest.nobody") : words("ingest.told", ["n": amount.whole(refused)]),
            "pressed": refused > 0,
        ]
    }

    private func chart(_ lines: [IngestRates.Line]) -> [String: Any]? {
        let seconds = Double(IngestRates.seconds)
        guard let greatest = lines.flatMap({ $0.points.dropLast() }).max(), greatest > 0 else { return nil }
        let scale = PlotScale(0, Double(greatest) / seconds, fromZero: true)
        let end = ((now / seconds).rounded(.down)) * seconds
        let range =
            Timestamp(
                milliseconds: Int64((end - seconds * Double(IngestRates.slots - 1)) * 1_000))..<Timestamp(milliseconds: Int64(end * 1_000))
        return [
            "ys": scale.ticks.enumerated().map { $0 == 0 ? words("ingest.rate", ["n": scale.label($1, amount)]) : scale.label($1, amount) },
            "grid": scale.ticks.map { "M0 \(scale.y($0, of: Self.height))H\(Self.width)" }.joined(),
            "xs": TimeAxis(range: range, amount: amount).labels, "gaps": "", "anyGaps": false, "now": false, "heads": [String](),
            "rows": [[String: Any]](), "anyRows": false,
            "lines": lines.enumerated().map { place, line in ["path": path(line, scale), "band": "", "colour": "\(place + 1)"] },
            "keys": lines.enumerated().map { place, line in
                [
                    "colour": "\(place + 1)", "series": name(line.origin),
                    "last": points(Double(line.points.dropLast().last ?? 0) / seconds), "href": false,
                ]
                    as [String: Any]
            },
        ]
    }

    /// The last slot isn't over: it would always seem to fall.
    private func path(_ line: IngestRates.Line, _ scale: PlotScale) -> String {
        var path = CompactPath()
        let slots = line.points.dropLast()
        for (place, points) in slots.enumerated() {
            let at = (place * Self.width / max(1, slots.count - 1), scale.y(Double(points) / Double(IngestRates.seconds), of: Self.height))
            if place == 0 { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
        }
        return path.text
    }

    private func row(_ one: TenantStatus) -> [String: Any] {
        let quota = one.tenant.quota.pointsPerSecond
        return [
            "tenant": name(one.tenant.name), "rate": points(one.pointsPerSecond), "minute": points(one.pointsPerSecondOverMinute),
            "quota": quota.map { points(Double($0)) } ?? words("ingest.unlimited"),
            "room": words("ingest.series", ["n": amount.whole(one.series), "limit": amount.whole(one.tenant.quota.series)]),
            "stored": amount.count(one.totals.stored), "late": amount.whole(one.totals.late),
            "duplicates": amount.whole(one.totals.duplicates),
            "refused": amount.whole(one.totals.refused), "refusals": amount.whole(one.refusals),
        ]
    }

    private func source(_ line: IngestRates.Line) -> [String: Any] {
        let seconds = Double(IngestRates.seconds), whole = line.points.dropLast()
        return [
            "source": name(line.origin), "last": points(Double(whole.last ?? 0) / seconds),
            "most": points(Double(whole.max() ?? 0) / seconds), "hour": amount.count(line.points.reduce(0, +)),
        ]
    }
}
