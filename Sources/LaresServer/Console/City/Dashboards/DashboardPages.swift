import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of dashboards: what there is, one to look at, and putting one together.
struct DashboardPages: Sendable {
    let city: CityPages
    let store: DashboardStore

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/dashboards", use: list)
        router.post("/dashboards", use: make)
        router.get("/dashboards/:dashboard", use: dashboard)
        router.get("/dashboard-events/:dashboard", use: events)
        router.get("/dashboards/:dashboard/edit", use: edit)
        router.post("/dashboards/:dashboard/edit", use: change)
        router.get("/dashboards/:dashboard/panels/:panel", use: panel)
        router.post("/dashboards/:dashboard/panels/:panel", use: changePanel)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try show(viewer) }
    }

    func show(_ viewer: Viewer, title: String = "", trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        let shown = try store.all().filter { Self.sees($0, viewer.caller) }
        var fields: [String: Any] = [
            "sentence": shown.isEmpty ? words("boards.none") : words("boards.sentence", ["n": "\(shown.count)"]),
            "boards": shown.map { row($0, words) }, "any": !shown.isEmpty, "mayAct": viewer.caller.mayMakeRules, "titleValue": title,
        ]
        fields.merge(Trouble.fields(trouble, title: words("boards.wrong"), form: ["title"])) { $1 }
        return try console.html(
            .dashboards, title: words("boards.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private func row(_ board: Dashboard, _ words: Words) -> [String: Any] {
        [
            "href": "/dashboards/\(board.number)", "board": board.title.printable,
            "about": words(
                board.isShared ? "boards.about" : "boards.own",
                ["n": "\(board.panels.count)", "name": board.owner.printable]),
        ]
    }

    @Sendable private func make(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            guard viewer.caller.mayMakeRules else { return try console.missingPage(request, context) }
            let words = console.words(viewer)
            guard let board = Dashboard(title: form["title"], owner: viewer.caller.name, isShared: form.has("shared")) else {
                return try show(viewer, title: form["title"], trouble: Trouble(words("boards.badTitle"), field: "title"))
            }
            guard let number = try store.add(board) else {
                return try show(viewer, title: form["title"], trouble: Trouble(words("boards.full"), field: "title"))
            }
            console.audit.note(.homeChanged, "dashboard/\(number)", by: context.caller, context.logger)
            return .redirect(to: "/dashboards/\(number)/edit")
        }
    }

    @Sendable private func dashboard(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let board = try found(context) else { return try console.missingPage(request, context) }
            let span = request.queryFields.get("span").flatMap { DashboardPanel.Span(rawValue: $0) }
            let words = console.words(viewer)
            let panels = try await panels(board, span, viewer)
            return try console.html(
                .dashboard, title: board.title.printable,
                [
                    "board": board.title.printable, "sentence": Self.sentence(board, words), "panels": panels, "any": !panels.isEmpty,
                    "mayAct": Self.mayChange(board, viewer.caller), "editHref": "/dashboards/\(board.number)/edit",
                    "feed": "/dashboard-events/\(board.number)" + (span.map { "?span=\($0.rawValue)" } ?? ""),
                    "spans": spans(board, span, words),
                ], viewer: viewer)
        }
    }

    private static func sentence(_ board: Dashboard, _ words: Words) -> String {
        words("board.sentence", ["n": "\(Set(board.panels.flatMap(\.series)).count)", "name": board.owner.printable])
    }

    private func spans(_ board: Dashboard, _ chosen: DashboardPanel.Span?, _ words: Words) -> [[String: Any]] {
        let own: [String: Any] = ["href": "/dashboards/\(board.number)", "word": words("span.own"), "current": chosen == nil]
        return [own]
            + DashboardPanel.Span.allCases.map { span -> [String: Any] in
                [
                    "href": "/dashboards/\(board.number)?span=\(span.rawValue)", "word": words("span.\(span.rawValue)"),
                    "current": span == chosen,
                ]
            }
    }

    private func panels(_ board: Dashboard, _ span: DashboardPanel.Span?, _ viewer: Viewer) async throws -> [[String: Any]] {
        let search = try await city.search(viewer.caller)
        var shown: [[String: Any]] = []
        for panel in board.panels {
            var panel = panel
            panel.span = span ?? panel.span
            shown.append(try await PanelView(city: city, panel: panel, search: search, viewer: viewer).fields())
        }
        return shown
    }

    /// What the page reads now, panel by panel.
    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        guard let board = try found(context) else { throw HTTPError(.notFound) }
        let span = request.queryFields.get("span").flatMap { DashboardPanel.Span(rawValue: $0) }
        let isQuick = (span.map { [$0] } ?? board.panels.map(\.span)).contains { $0 == .hour || $0 == .day }
        return try await console.feed(request, context, every: .seconds(isQuick ? 5 : 60)) {
            let words = console.words(viewer)
            // Somebody may have changed it, or taken it away.
            guard let board = try store.dashboard(board.number), Self.sees(board, viewer.caller) else {
                return ["sentence": .string(words("board.gone"))]
            }
            var parts = JSON.Members()
            for panel in try await panels(board, span, viewer) {
                guard let id = panel["id"] as? String else { continue }
                parts.append(id, .string(try console.pages.render(.panel, panel, language: viewer.language)))
            }
            return ["sentence": .string(Self.sentence(board, words)), "parts": .object(parts)]
        }
    }

    /// The dashboard of the address, if they see it.
    func found(_ context: LaresContext) throws -> Dashboard? {
        guard let number = Int(context.parameter("dashboard") ?? ""), let board = try store.dashboard(number) else { return nil }
        return Self.sees(board, context.caller) ? board : nil
    }

    static func sees(_ board: Dashboard, _ caller: Caller) -> Bool {
        board.isShared || board.owner == caller.name || caller.mayAdminister
    }

    static func mayChange(_ board: Dashboard, _ caller: Caller) -> Bool {
        caller.mayMakeRules && (board.owner == caller.name || caller.mayAdminister)
    }
}
