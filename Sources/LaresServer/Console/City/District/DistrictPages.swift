import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON

/// The page of a district's energy: forecast, plan, cost, and what homes are asked for.
struct DistrictPages: Sendable {
    let city: CityPages

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/district", use: show)
        router.get("/district-events", use: events)
    }

    /// What the district costs and does concerns those who live there and those who look after it.
    private func view(_ viewer: Viewer) async throws -> DistrictView {
        guard let energy = try await city.energy(viewer) else { throw APIError.noHome }
        return DistrictView(
            control: await energy.control(), plan: await energy.plan(), requests: await energy.requests(), currency: energy.currency(),
            amount: console.amount(viewer))
    }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard viewer.caller.mayControl else { return try console.missingPage(request, context) }
            let view = try await view(viewer)
            var fields = view.fields
            let charts = view.charts
            (fields["sentence"], fields["charts"], fields["anyCharts"]) = (view.sentence, charts, !charts.isEmpty)
            fields["feed"] = "/district-events"
            return try console.html(.district, title: console.words(viewer)("district.title"), fields, viewer: viewer)
        }
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        guard viewer.caller.mayControl else { return try console.missingPage(request, context) }
        return try await console.feed(request, context, every: .seconds(2)) {
            let view = try await view(viewer)
            func part(_ page: Page, _ fields: [String: Any]) throws -> JSON {
                .string(try console.pages.render(page, fields, language: viewer.language))
            }
            return [
                "sentence": .string(view.sentence),
                "parts": ["now": try part(.districtNow, view.fields), "charts": try part(.districtCharts, ["charts": view.charts])],
            ]
        }
    }
}
