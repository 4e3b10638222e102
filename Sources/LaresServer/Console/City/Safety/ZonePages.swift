import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// The page of zones: where what cameras see is counted, what the last count was, and making and removing them.
struct ZonePages: Sendable {
    let city: CityPages
    let zones: ZoneCounting

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/zones", use: list)
        router.post("/zones", use: set)
        router.post("/zones/remove", use: remove)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try await show(viewer, ZoneForm()) }
    }

    @Sendable private func set(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = ZoneForm(try await Form(&request))
        return try await changing(incoming, context, form) {
            let plan = try form.plan()
            try await zones.set(plan)
            return plan.id
        }
    }

    @Sendable private func remove(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let id = try await Form(&request)["zone"]
        return try await changing(incoming, context, ZoneForm()) {
            try await zones.remove(id)
            return id
        }
    }

    /// - Parameter change: Does it, and gives the zone's id for the audit log.
    private func changing(
        _ request: Request, _ context: LaresContext, _ form: ZoneForm, _ change: () async throws -> String
    ) async throws -> Response {
        try await console.page(request, context) { viewer in
            try context.requireAdministrator()
            do {
                console.audit.note(.homeChanged, "zone/" + (try await change()), by: context.caller, context.logger)
                return .redirect(to: "/zones")
            } catch let fault as FieldFault {
                return try await show(viewer, form, trouble: Trouble(fault.sentence(console.words(viewer)), field: fault.field))
            } catch let error as AlarmError {
                return try await show(viewer, form, trouble: Trouble(console.words(viewer)("zones.notDone"), detail: error.message))
            }
        }
    }

    private func show(_ viewer: Viewer, _ form: ZoneForm, trouble: Trouble? = nil) async throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer), rows = try await rows(viewer)
        var fields = form.fields(words)
        (fields["zones"], fields["any"], fields["mayAct"]) = (rows, !rows.isEmpty, viewer.caller.mayAdminister)
        fields["sentence"] =
            rows.isEmpty ? words("zones.none") : words("zones.sentence", ["n": amount.whole(rows.count)])
        fields.merge(Trouble.fields(trouble, title: words("zones.wrong"), form: ZoneForm.checked)) { $1 }
        return try console.html(.zones, title: words("zones.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// The zones whose things the reader sees; of one that isn't a thing yet, whoever administers.
    private func rows(_ viewer: Viewer) async throws -> [[String: Any]] {
        let sight = HomeSight(home: city.services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
        let things = Dictionary(try sight.things().map { ($0.thing.origin, $0) }) { $1 }
        let retention = try city.services.store.retention(), amount = console.amount(viewer)
        let shows = try sight.showsZones()
        return await zones.plans.filter(shows).compactMap { plan in
            let view = things[plan.origin]
            let kept = view.map { retention[SeriesKey(thing: $0.thing.id.description, property: plan.properties[0])] } ?? retention.usual
            return row(plan, view, amount).merging(["kept": keeping(kept, amount)]) { $1 }
        }
    }

    private func row(_ plan: ZonePlan, _ view: ThingView?, _ amount: Amount) -> [String: Any] {
        let words = amount.words
        var isLine = false
        if case .line = plan.shape { isLine = true }
        let classes = plan.classes.sorted().map(\.printable).joined(separator: words("list.comma"))
        return [
            "zone": plan.id, "camera": plan.camera.printable, "href": view.map(\.thing.page) ?? false, "isLine": isLine,
            "shape": words(isLine ? "zones.shape.line" : "zones.shape.area"),
            "counts": view.flatMap { counts($0, amount) } ?? words("unit.none"),
            "classes": classes.isEmpty ? words("zones.all") : classes,
            "rule": words("zones.rule", ["long": amount.duration(Double(plan.interval)), "least": "\(plan.least)"]),
            "path": plan.corners.map { "\(Int($0.x * 1_000)),\(Int($0.y * 1_000))" }.joined(separator: " "),
            "picture": words("zones.picture", ["name": plan.id]), "removeName": words("zones.removeName", ["name": plan.id]),
        ]
    }

    /// How long counts and their sums stay: what is set for the zone's thing, or else for all.
    private func keeping(_ retention: Retention, _ amount: Amount) -> String {
        func span(_ days: Int?) -> String {
            days.map { amount.words("time.days", ["n": amount.whole($0)]) } ?? amount.words("thing.keepForever")
        }
        return amount.words("zones.keptFor", ["counts": span(retention.rawDays), "sums": span(retention.hourDays)])
    }

    /// "Count: 12, Most: 4"; nil: no interval has ended yet.
    private func counts(_ view: ThingView, _ amount: Amount) -> String? {
        let said = ThingWords(amount: amount)
        let known = view.thing.properties.compactMap { property in
            view.states[property.name]?.reported.map { "\(said.label(property)): \(said.value($0, of: property))" }
        }
        return known.isEmpty ? nil : known.joined(separator: amount.words("list.comma"))
    }
}
