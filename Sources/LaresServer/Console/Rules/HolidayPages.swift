import Foundation
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// The page of the calendars of holidays: those there are with their next days, and adding one from a file.
struct HolidayPages: Sendable {
    let console: Console
    let automations: Automations
    let services: HomeServices

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/holidays", use: page)
        router.post("/holidays", use: add)
        router.post("/holidays/remove", use: remove)
    }

    private func changes(_ context: LaresContext) -> HolidayChanges {
        HolidayChanges(
            automations: automations, services: services, audit: console.audit, caller: context.caller, logger: context.logger)
    }

    @Sendable private func page(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try show(viewer, context) }
    }

    @Sendable private func add(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            let form = try await UploadForm(request, upTo: HolidayCalendar.largestText + (64 << 10))
            let name = (form.fields["name"] ?? "").trimmingCharacters(in: .whitespaces)
            guard let text = form.files.first else {
                return try show(viewer, context, name, trouble: Trouble(console.words(viewer)("holidays.wrong.none"), field: "file"))
            }
            return try await changing(viewer, context, name) { try await changes(context).set(text, as: name) }
        }
    }

    @Sendable private func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            return try await changing(viewer, context, "") { _ = try await changes(context).remove(form["calendar"]) }
        }
    }

    private func changing(_ viewer: Viewer, _ context: LaresContext, _ name: String, _ body: () async throws -> Void) async throws
        -> Response
    {
        do {
            try await body()
            return .redirect(to: "/holidays")
        } catch let error as ScheduleError {
            let words = console.words(viewer)
            let trouble =
                error.code == .inUse
                ? Trouble(words("holidays.wrong.used"), detail: error.message)
                : Trouble(words("holidays.wrong.file"), detail: error.message, field: RuleID(name) == nil ? "name" : "file")
            return try show(viewer, context, name, trouble: trouble)
        }
    }

    private func show(_ viewer: Viewer, _ context: LaresContext, _ name: String = "", trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), all = changes(context).all()
        let added = all.filter { !$0.isBuiltIn }
        let fields: [String: Any] = [
            "added": added.map { row($0, words) }, "anyAdded": !added.isEmpty,
            "known": all.filter(\.isBuiltIn).map { row($0, words) }, "mayAct": viewer.caller.mayMakeRules, "nameValue": name,
        ]
        return try console.html(
            .holidays, title: words("holidays.title"),
            fields.merging(Trouble.fields(trouble, title: words("holidays.wrong"), form: ["name", "file"])) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    /// "Berlin, Germany (de-be)" of a calendar that comes with Lares; one that was added is called what people called it.
    private func title(_ calendar: HolidayChanges.Shown, _ words: Words) -> String {
        guard calendar.isBuiltIn, words.has("holidays.place.\(calendar.name)") else { return calendar.name }
        let country = String(calendar.name.prefix { $0 != "-" })
        let place = words("holidays.place.\(calendar.name)")
        guard country != calendar.name else { return words("holidays.country", ["country": place, "name": calendar.name]) }
        return words("holidays.state", ["state": place, "country": words("holidays.place.\(country)"), "name": calendar.name])
    }

    private func row(_ calendar: HolidayChanges.Shown, _ words: Words) -> [String: Any] {
        [
            "calendar": calendar.name, "title": title(calendar, words), "removeName": words("holidays.remove", ["name": calendar.name]),
            "next": calendar.next.map { ["date": $0.day.description, "holiday": $0.name.printable] }, "anyNext": !calendar.next.isEmpty,
        ]
    }
}
