import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/series`: what there are histories of.
struct SeriesRoutes {
    let services: HomeServices?
    let ingest: Ingest?
    let guardian: HomeGuard?

    var routes: [APIRoute] { [APIRoute(method: .get, path: "/lares/v1/series", handler: list)] }

    /// `?search=station+no2&limit=100&after=air,station=7/no2`: by name, with the latest of each.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let services else { throw APIError.noHome }
        let query = request.queryFields
        let limit = Int(query.get("limit") ?? "100") ?? 0
        guard (1...1_000).contains(limit) else { throw APIError.invalid("'limit' must be a whole number from 1 to 1000", param: "limit") }
        let sight = try await SeriesSight(
            HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api), ingest)
        let search = SeriesSearch(telemetry: services.telemetry, home: services.home, sight: sight)
        do {
            let found = try await search.found(query.get("search") ?? "", atMost: limit, after: query.get("after"))
            let latest = try await services.telemetry.latest(of: found.series.map(\.id))
            return .json([
                "series": .array(
                    found.series.map { one in
                        [
                            "series": .string(one.key.description), "kind": .string(one.kind.rawValue),
                            "latest": latest[one.id]?.json ?? .null,
                        ]
                    }), "count": .int(found.count),
            ])
        } catch let error as TelemetryError { throw APIError(telemetry: error) }
    }
}
