import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// Putting a dashboard together: its title, its panels, and what each shows.
extension DashboardPages {
    @Sendable func edit(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await changing(request, context) { viewer, board in
            try showEdit(board, viewer, isSaved: request.queryFields.get("saved") != nil)
        }
    }

    private func showEdit(_ board: Dashboard, _ viewer: Viewer, isSaved: Bool = false, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        var fields: [String: Any] = [
            "board": board.title.printable, "href": "/dashboards/\(board.number)", "editHref": "/dashboards/\(board.number)/edit",
            "shared": board.isShared, "saved": isSaved,
            "panels": board.panels.enumerated().map { place, panel in editRow(panel, place, board, words) }, "any": !board.panels.isEmpty,
            "kinds": choices(DashboardPanel.Kind.allCases, nil) { words("panel.kind.\($0.rawValue)") },
            "spans": choices(DashboardPanel.Span.allCases, .day) { words("span.\($0.rawValue)") },
            "room": board.panels.count < Dashboard.mostPanels,
        ]
        fields.merge(Trouble.fields(trouble, title: words("boards.wrong"), form: ["title", "heading"])) { $1 }
        return try console.html(
            .dashboardEdit, title: words("board.edit"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    private func editRow(_ panel: DashboardPanel, _ place: Int, _ board: Dashboard, _ words: Words) -> [String: Any] {
        let name = panel.title.isEmpty ? words("panel.kind.\(panel.kind.rawValue)") : panel.title.printable
        return [
            "panel": "\(panel.number)", "heading": name, "href": "/dashboards/\(board.number)/panels/\(panel.number)",
            "about": words(
                "panel.about",
                [
                    "kind": words("panel.kind.\(panel.kind.rawValue)"), "n": "\(panel.series.count)",
                    "span": words("span.\(panel.span.rawValue)"),
                ]), "mayRise": place > 0, "riseName": words("panel.riseName", ["name": name]),
            "dropName": words("panel.dropName", ["name": name]),
        ]
    }

    private func choices<Choice: RawRepresentable & Equatable>(
        _ all: [Choice], _ chosen: Choice?, _ word: (Choice) -> String
    ) -> [[String: Any]] where Choice.RawValue == String {
        all.map { ["value": $0.rawValue, "word": word($0), "chosen": $0 == chosen] }
    }

    /// `act` is save, add, rise, drop or remove.
    @Sendable func change(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await changing(request, context) { viewer, board in
            let page = "/dashboards/\(board.number)", words = console.words(viewer)
            let number = Int(form["panel"]) ?? 0
            if form["act"] == "remove" {
                _ = try store.remove(board.number)
                console.audit.note(.homeChanged, "dashboard/\(board.number)", by: context.caller, context.logger)
                return .redirect(to: "/dashboards")
            }
            var trouble: Trouble?, made: Int?
            _ = try store.change(board.number) { board in
                switch form["act"] {
                case "add":
                    made = Self.add(form, to: &board)
                    if made == nil { trouble = Trouble(words("panel.badTitle"), field: "heading") }
                case "rise": Self.raise(number, in: &board)
                case "drop": board.panels.removeAll { $0.number == number }
                default: if !Self.rename(&board, form) { trouble = Trouble(words("boards.badTitle"), field: "title") }
                }
            }
            if let trouble { return try showEdit(board, viewer, trouble: trouble) }
            console.audit.note(.homeChanged, "dashboard/\(board.number)", by: context.caller, context.logger)
            return .redirect(to: made.map { "\(page)/panels/\($0)" } ?? page + "/edit?saved=1")
        }
    }

    private static func rename(_ board: inout Dashboard, _ form: Form) -> Bool {
        guard let titled = Dashboard(title: form["title"], owner: board.owner) else { return false }
        (board.title, board.isShared) = (titled.title, form.has("shared"))
        return true
    }

    private static func add(_ form: Form, to board: inout Dashboard) -> Int? {
        guard board.panels.count < Dashboard.mostPanels, let kind = DashboardPanel.Kind(rawValue: form["kind"]),
            let span = DashboardPanel.Span(rawValue: form["span"]),
            let panel = DashboardPanel(number: board.nextPanel, kind: kind, title: form["heading"], span: span)
        else { return nil }
        board.panels.append(panel)
        return panel.number
    }

    private static func raise(_ number: Int, in board: inout Dashboard) {
        guard let place = board.panels.firstIndex(where: { $0.number == number }), place > 0 else { return }
        board.panels.swapAt(place, place - 1)
    }

    @Sendable func panel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await changing(request, context) { viewer, board in
            guard let panel = Self.panel(of: board, context) else { return try console.missingPage(request, context) }
            let query = request.queryFields
            return try await showPanel(panel, board, viewer, find: query.get("find"), isSaved: query.get("saved") != nil)
        }
    }

    private func showPanel(
        _ panel: DashboardPanel, _ board: Dashboard, _ viewer: Viewer, find: String? = nil, isSaved: Bool = false, trouble: Trouble? = nil
    ) async throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer)
        let page = "/dashboards/\(board.number)/panels/\(panel.number)"
        let chosen = Set(panel.series), said = await city.said(viewer)
        let search = try await city.search(viewer.caller)
        let found = try await find.asyncMap { try await search.found($0, atMost: 100, isNumeric: panel.kind == .chart) }
        let fresh = (found?.series ?? []).filter { !chosen.contains($0.key) }
        var fields: [String: Any] = [
            "board": board.title.printable, "boardHref": "/dashboards/\(board.number)", "href": page, "heading": panel.title,
            "isAlarms": panel.kind == .alarms, "kind": words("panel.kind.\(panel.kind.rawValue)"), "saved": isSaved,
            "spans": choices(DashboardPanel.Span.allCases, panel.span) { words("span.\($0.rawValue)") },
            "chosen": panel.series.filter(search.sight.shows).map { key in
                [
                    "series": said.name(key), "key": key.description,
                    "removeName": words("panel.removeName", ["name": said.name(key)]),
                ]
            }, "anyChosen": !panel.series.isEmpty, "findText": find ?? "",
            "findSentence": found.map { found in
                found.count == 0
                    ? words("find.none") : words("find.count", ["n": amount.whole(found.count), "shown": amount.whole(found.series.count)])
            } ?? false,
            "found": fresh.enumerated().map { place, one in
                ["place": "s\(place)", "n": "\(place)", "series": said.name(one.key), "key": one.key.description]
            },
            "anyFound": !fresh.isEmpty,
        ]
        fields.merge(Trouble.fields(trouble, title: words("boards.wrong"), form: ["heading"])) { $1 }
        return try console.html(
            .dashboardPanel, title: words("panel.edit"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// `act` is save, add (the series `s0`, `s1` …, which are ticked, or with `all` those that were found) or drop (the series `series`).
    @Sendable func changePanel(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 256 << 10)
        return try await changing(request, context) { viewer, board in
            guard let old = Self.panel(of: board, context) else { return try console.missingPage(request, context) }
            let words = console.words(viewer), search = try await city.search(viewer.caller)
            let asked = (0..<DashboardPanel.mostSeries).compactMap { place -> SeriesKey? in
                let name = form.has("all") ? "k\(place)" : "s\(place)"
                return form.has(name) ? SeriesKey(form.exact(name)) : nil
            }
            let wanted = try await search.series(asked).map(\.key)
            var trouble: Trouble?
            _ = try store.change(board.number) { board in
                guard let place = board.panels.firstIndex(where: { $0.number == old.number }) else { return }
                trouble = Self.change(&board.panels[place], form, adding: wanted).map { Trouble(words($0), field: "heading") }
            }
            if let trouble { return try await showPanel(old, board, viewer, trouble: trouble) }
            console.audit.note(.homeChanged, "dashboard/\(board.number)", by: context.caller, context.logger)
            return .redirect(to: "/dashboards/\(board.number)/panels/\(old.number)?saved=1")
        }
    }

    /// What is wrong with it: the catalogue's key of a sentence; nil: it was changed.
    private static func change(_ panel: inout DashboardPanel, _ form: Form, adding wanted: [SeriesKey]) -> String? {
        var (title, span, series) = (panel.title, panel.span, panel.series)
        switch form["act"] {
        case "add": series += wanted.filter { !series.contains($0) }
        case "drop": series.removeAll { $0.description == form.exact("series") }
        default: (title, span) = (form["heading"], DashboardPanel.Span(rawValue: form["span"]) ?? span)
        }
        guard series.count <= DashboardPanel.mostSeries else { return "panel.full" }
        guard let changed = DashboardPanel(number: panel.number, kind: panel.kind, title: title, span: span, series: series) else {
            return "panel.badTitle"
        }
        panel = changed
        return nil
    }

    private static func panel(of board: Dashboard, _ context: LaresContext) -> DashboardPanel? {
        board.panels.first { "\($0.number)" == context.parameter("panel") }
    }

    /// Runs a handler for those who may change the dashboard of the address.
    private func changing(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, Dashboard) async throws -> Response
    ) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let board = try found(context), Self.mayChange(board, viewer.caller) else {
                return try console.missingPage(request, context)
            }
            return try await make(viewer, board)
        }
    }
}
