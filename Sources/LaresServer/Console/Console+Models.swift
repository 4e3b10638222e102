import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

extension Console {
    func addModelRoutes(to router: Router<LaresContext>) {
        router.get("/models", use: models)
        router.get("/model-events", use: modelEvents)
        router.get("/models/:name", use: model)
        router.post("/models/:name/unload", use: takeOutOfMemory)
    }

    @Sendable private func models(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await page(request, context) { viewer in
            let rows = try await modelRows(viewer)
            return try html(
                .models, title: words(viewer)("models.title"),
                [
                    "sentence": rows.sentence, "rows": rows.rows, "any": !rows.models.isEmpty, "address": viewer.origin + "/v1",
                    "canAdd": store != nil && viewer.caller.mayAdminister,
                ], viewer: viewer)
        }
    }

    @Sendable private func model(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await page(request, context) { viewer in
            let name = named(context)
            do {
                let model = try await client.model(name)
                let detail = ModelDetail(
                    model: model, amount: Amount(words(viewer)), origin: viewer.origin, asksForKey: settings.asksForKey,
                    canUnload: viewer.caller.mayAdminister, canRemove: store != nil && viewer.caller.mayAdminister)
                return try html(.model, title: model.name, detail.fields, viewer: viewer)
            } catch let error as ServingError where error.code == .modelNotFound {
                return try problem("problem.model", values: ["name": name], viewer: viewer, status: .notFound)
            }
        }
    }

    @Sendable private func takeOutOfMemory(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, name in
            let model = try await client.model(name)
            return try await unlessInUse(model, viewer) {
                try await client.unload(model.name)
                try audit?.append(.modelUnloaded, subject: model.name, by: Principal(name: viewer.caller.name))
                return .redirect(to: model.page)
            }
        }
    }

    /// A model that is answering or being loaded stays as it is, and the page says so.
    func unlessInUse(_ model: ModelDescription, _ viewer: Viewer, _ act: () async throws -> Response) async throws -> Response {
        do {
            return try await act()
        } catch let error as ServingError where error.code == .inUse {
            return try problem(
                "problem.inUse", values: ["name": model.name], detail: error.message, back: (model.page, "problem.back"), viewer: viewer,
                status: .conflict)
        }
    }

    /// The models as they change.
    @Sendable private func modelEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = viewer(request, context)
        return try await feed(request, context) {
            let rows = try await modelRows(viewer)
            let table = try pages.render(.rows, ["rows": rows.rows], language: viewer.language)
            return ["sentence": .string(rows.sentence), "rows": .string(table)]
        }
    }

    private func modelRows(_ viewer: Viewer) async throws -> ModelRows {
        ModelRows(
            models: try await client.models(), status: await client.status(), amount: Amount(words(viewer)), isShared: settings.isShared)
    }
}
