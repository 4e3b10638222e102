import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of traffic signals: all of them, one, and taking one over or handing it back.
struct SignalPages: Sendable {
    let city: CityPages
    let streets: any StreetSource
    let ground = MapGround()

    var console: Console { city.console }

    /// Signals on one page.
    private static let length = 50

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/signals", use: list)
        router.get("/signal-events", use: listEvents)
        router.get("/signals/:signal", use: signal)
        router.get("/signal-events/:signal", use: signalEvents)
        router.get("/signals/:signal/:act", use: ask)
        router.post("/signals/:signal/:act", use: change)
    }

    private func said(_ viewer: Viewer) async -> JunctionWords {
        JunctionWords(amount: console.amount(viewer), heads: await ground.ground(of: streets).heads)
    }

    private func junctions() async -> [Junction] { await streets.junctions().compactMap(Junction.init) }

    // MARK: All of them

    private func rows(_ page: Int, _ viewer: Viewer) async -> (sentence: String, rows: [[String: Any]], count: Int) {
        let said = await said(viewer), all = await junctions()
        let here = all.filter(\.needsLook) + all.filter { !$0.needsLook }
        let sentence = said.words(
            "signals.sentence",
            [
                "n": "\(all.count)", "controlled": "\(all.count { $0.keeper == .controller })",
                "fallback": "\(all.count { $0.keeper == .fallBack })", "person": "\(all.count(where: \.isTakenOver))",
            ])
        return (sentence, here.dropFirst((page - 1) * Self.length).prefix(Self.length).map { said.row($0, page: $0.page) }, all.count)
    }

    private func page(_ request: Request) -> Int { min(1_000, max(1, request.queryFields.get("page").flatMap { Int($0) } ?? 1)) }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let page = page(request), shown = await rows(page, viewer), words = console.words(viewer)
            return try console.html(
                .signals, title: words("signals.title"),
                [
                    "sentence": shown.sentence, "rows": shown.rows, "anyRows": !shown.rows.isEmpty, "feed": "/signal-events?page=\(page)",
                    "earlier": page > 1 ? "/signals?page=\(page - 1)" : false,
                    "later": page * Self.length < shown.count ? "/signals?page=\(page + 1)" : false,
                ] as [String: Any], viewer: viewer)
        }
    }

    @Sendable private func listEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context), page = page(request)
        return try await console.feed(request, context, every: .seconds(1)) {
            let shown = await rows(page, viewer)
            guard !shown.rows.isEmpty else { return ["sentence": .string(shown.sentence)] }
            let rows = try console.pages.render(.junctionRows, ["rows": shown.rows], language: viewer.language)
            return ["sentence": .string(shown.sentence), "rows": .string(rows)]
        }
    }

    // MARK: One

    private func found(_ context: LaresContext) async -> Junction? {
        await streets.junction(context.parameter("signal") ?? "").flatMap(Junction.init)
    }

    @Sendable private func signal(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let junction = await found(context) else { return try console.missingPage(request, context) }
            return try await show(junction, viewer)
        }
    }

    private func fields(_ junction: Junction, _ viewer: Viewer) async -> [String: Any] {
        let said = await said(viewer)
        return SignalFields(words: said, mayAct: viewer.caller.mayMakeRules).panel(junction)
    }

    private func show(_ junction: Junction, _ viewer: Viewer, trouble: Trouble? = nil) async throws -> Response {
        var fields = await fields(junction, viewer)
        (fields["feed"], fields["onMap"]) = ("/signal-events/" + junction.id.pathEscaped, junction.onMap)
        fields["charts"] = try await charts(junction, viewer)
        fields["deeds"] = await deeds(junction, viewer)
        // Who has it in their hands may order phases; anybody else would be refused.
        let isTheirs = junction.isTakenOver && junction.owner == viewer.caller.name && viewer.caller.mayMakeRules && city.city.deeds != nil
        fields["phases"] = isTheirs ? ["all": phases(junction, await said(viewer)), "phaseHref": junction.page + "/phase"] as Any : false
        fields["trustHref"] = mayTrust(junction, viewer) ? junction.page + "/trust" : false
        fields.merge(Trouble.fields(trouble, title: console.words(viewer)("signals.wrong"), form: ["phase"])) { $1 }
        return try console.html(
            .signal, title: console.words(viewer)("city.junction", ["name": junction.id.printable]), fields, viewer: viewer,
            status: trouble == nil ? .ok : .conflict)
    }

    /// The phases with the lanes that go in each.
    private func phases(_ junction: Junction, _ said: JunctionWords) -> [[String: Any]] {
        junction.phases.enumerated().map { place, letters in
            let lanes = said.heads.lanes(of: junction.id).filter { _, links in links.contains { Junction.goes($0, in: letters) } }
            return [
                "value": "\(place)", "chosen": place == junction.phase,
                "word": said.words("signals.phaseOf", ["n": "\(place)", "lanes": said.goers(Array(lanes.keys))]),
            ]
        }
    }

    @Sendable private func signalEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        guard await found(context) != nil else { return try console.missingPage(request, context) }
        return try await console.feed(request, context, every: .seconds(1)) {
            guard let junction = await found(context) else { return ["sentence": .string(console.words(viewer)("signals.gone"))] }
            let fields = await fields(junction, viewer), words = await said(viewer)
            let now = try console.pages.render(.signalNow, fields, language: viewer.language)
            return ["sentence": .string(words.sentence(junction)), "parts": ["now": .string(now)]]
        }
    }

    /// What it did in the last hour, a picture for each history.
    private func charts(_ junction: Junction, _ viewer: Viewer) async throws -> [[String: Any]] {
        let range = PageSpan(seconds: 3_600).range, words = console.words(viewer)
        var charts: [[String: Any]] = []
        for name in ["queue", "delay"] {
            guard let key = junction.series[name].flatMap({ SeriesKey($0) }),
                let series = try await city.telemetry.series(of: key.thing).first(where: { $0.key == key && $0.kind != .state })
            else { continue }
            let said = await city.said(viewer, [key])
            let lines = try await city.charts([series], in: range, atMost: 240)
            guard let chart = LineChart(lines: lines, range: range, said: said).fields else { continue }
            charts.append(["chart": chart, "heading": words("signals.chart.\(name)"), "id": name])
        }
        return charts
    }

    private func deeds(_ junction: Junction, _ viewer: Viewer) async -> [[String: Any]] {
        let words = DeedWords(junctions: await said(viewer)), amount = console.amount(viewer), actuator = "signal/" + junction.id
        var deeds = await streets.events(limit: 500).filter { $0["junction"]?.text == junction.id }.compactMap(words.event)
        deeds += await city.city.deeds?.orders(of: actuator, limit: 20).compactMap(words.order) ?? []
        deeds += await city.city.deeds?.handovers(limit: 100).filter { $0["actuator"]?.text == actuator }.compactMap(words.handover) ?? []
        return deeds.sorted { $0.date > $1.date }.prefix(30).map { $0.fields(amount) }
    }

    // MARK: Taking it over, and handing it back

    /// Who may say how far a controller is trusted; the programme has no stages.
    private func mayTrust(_ junction: Junction, _ viewer: Viewer) -> Bool { viewer.caller.mayAdminister && !junction.stage.isEmpty }

    /// Asks before it is done: `take`, `back` or `trust`.
    @Sendable private func ask(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let act = context.parameter("act") ?? ""
            guard viewer.caller.mayMakeRules, ["take", "back", "trust"].contains(act), let junction = await found(context) else {
                return try console.missingPage(request, context)
            }
            if act == "trust" {
                return mayTrust(junction, viewer) ? try showTrust(junction, viewer) : try console.missingPage(request, context)
            }
            // The question of a while ago is another one when somebody else acted.
            guard junction.isTakenOver == (act == "back") else { return .redirect(to: junction.page) }
            return try question(junction, act, viewer, from: request.queryFields.get("from"))
        }
    }

    private func question(_ junction: Junction, _ act: String, _ viewer: Viewer, from: String?, trouble: Trouble? = nil) throws -> Response
    {
        let words = console.words(viewer), said = JunctionWords(amount: console.amount(viewer))
        let values: KeyValuePairs = ["name": junction.id.printable, "controller": said.controllerName(junction.controller)]
        var fields: [String: Any] = [
            "title": words("signals.\(act).title", values), "text": words("signals.\(act).text", values),
            "action": "\(junction.page)/\(act)", "back": from == "map" ? junction.onMap : junction.page, "do": words("signals.\(act)"),
            "keep": words("signals.\(act).keep"), "takes": act == "take",
        ]
        fields.merge(Trouble.fields(trouble, title: words("signals.wrong"))) { $1 }
        return try console.html(
            .signalAct, title: words("signals.\(act).title", values), fields, viewer: viewer, status: trouble == nil ? .ok : .conflict)
    }

    @Sendable private func change(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(incoming, context) { viewer in
            let act = context.parameter("act") ?? ""
            guard viewer.caller.mayMakeRules, let junction = await found(context) else {
                return try console.missingPage(incoming, context)
            }
            switch act {
            case "take", "back": return try await hand(junction, act, form, viewer, context)
            case "phase": return try await order(form["phase"], at: junction, viewer, context)
            case "trust" where mayTrust(junction, viewer): return try await trust(form, junction, viewer, context)
            default: return try console.missingPage(incoming, context)
            }
        }
    }

    private func hand(_ junction: Junction, _ act: String, _ form: Form, _ viewer: Viewer, _ context: LaresContext) async throws -> Response
    {
        let reason = String(form["reason"].prefix(300)), person = viewer.caller.name
        let back = form.has("back") ? localPath(form["back"]) : junction.page
        do {
            if act == "take" {
                try await streets.takeOver(junction.id, by: person, because: reason)
            } else {
                try await streets.handBack(junction.id, by: person, because: reason)
            }
        } catch {
            let trouble = Trouble(console.words(viewer)("signals.notDone"), detail: "\(error)".printable)
            return try question(junction, act, viewer, from: back.hasPrefix("/city") ? "map" : nil, trouble: trouble)
        }
        console.audit.note(
            act == "take" ? .actuatorTaken : .actuatorHandedBack, "signal/\(junction.id)", by: context.caller, context.logger)
        return .redirect(to: back)
    }

    /// Orders a phase; what the shell doesn't let through at once comes as soon as it is safe.
    private func order(_ phase: String, at junction: Junction, _ viewer: Viewer, _ context: LaresContext) async throws -> Response {
        let words = console.words(viewer)
        guard let deeds = city.city.deeds, let number = Int(phase), junction.phases.indices.contains(number) else {
            return try await show(junction, viewer, trouble: Trouble(words("signals.noPhase"), field: "phase"))
        }
        do {
            let order = try await deeds.order("signal/" + junction.id, ["phase": .int(number)], by: viewer.caller.name)
            console.audit.note(.orderPlaced, "signal/\(junction.id) \(order["id"]?.text ?? "")", by: viewer.caller, context.logger)
            guard let state = order["state"]?.text, ["refused", "failed", "expired"].contains(state) else {
                return .redirect(to: junction.page)
            }
            return try await show(
                junction, viewer, trouble: Trouble(words("signals.phaseRefused"), detail: order["reason"]?.text?.printable, field: "phase"))
        } catch {
            let trouble = Trouble(words("signals.phaseRefused"), detail: "\(error)".printable, field: "phase")
            return try await show(junction, viewer, trouble: trouble)
        }
    }
}
