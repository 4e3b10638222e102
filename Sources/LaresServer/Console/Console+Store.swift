import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresServing

extension Console {
    func addStoreRoutes(to router: Router<LaresContext>) {
        router.get("/add-model", use: showAdd)
        router.post("/add-model", use: add)
        router.get("/models/:name/remove", use: askToRemove)
        router.post("/models/:name/remove", use: remove)
    }

    @Sendable private func showAdd(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, _ in try addPage(viewer) }
    }

    /// Fetches a model: as events for a script that shows progress, as one long answer for a page without.
    @Sendable private func add(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await administer(incoming, context) { viewer, _ in
            var request = incoming
            let form = try await Form(&request)
            let order = PullOrder(form, words: words(viewer))
            let presence = await context.channel.clientPresence()
            if request.headers[.accept]?.contains("text/event-stream") == true { return events(of: order, viewer, presence) }
            return try await addWithoutScript(order, viewer: viewer, presence: presence)
        }
    }

    private func events(of order: PullOrder, _ viewer: Viewer, _ presence: ClientPresence) -> Response {
        let pull = pull(by: viewer)
        return .events { events in
            try await order.run(pull: pull, presence: presence) { try await events.send($0.json) }
        }
    }

    private func addWithoutScript(_ order: PullOrder, viewer: Viewer, presence: ClientPresence) async throws -> Response {
        var response = try addPage(viewer, order, Trouble(words(viewer)("add.lost")))
        try await order.run(pull: pull(by: viewer), presence: presence) { step in
            switch step {
            case .running: break
            case .done(let page): response = .redirect(to: page)
            case .failed(let trouble): response = try addPage(viewer, order, trouble)
            }
        }
        return response
    }

    private func pull(by viewer: Viewer) -> PullOrder.Pull {
        { [store, audit] source, name, progress in
            guard let store else { throw ServingError(.internal, "this server keeps no models") }
            let model = try await store.pull(source, name: name, progress: progress)
            try audit?.append(.modelPulled, subject: model.name, by: Principal(name: viewer.caller.name))
            return model.description
        }
    }

    private func addPage(_ viewer: Viewer, _ order: PullOrder? = nil, _ trouble: Trouble? = nil) throws -> Response {
        let view = AddView(order: order, trouble: trouble, words: words(viewer))
        return try html(
            .add, title: words(viewer)("add.title"), view.fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, name in
            let model = try await client.model(name)
            let words = words(viewer)
            return try html(
                .confirm, title: words("remove.title", ["name": model.name]),
                [
                    "text": words("remove.text", ["size": Amount(words).bytes(model.fileBytes)]), "action": model.page + "/remove",
                    "back": model.page, "keep": words("remove.keep"), "do": words("remove.do"),
                ], viewer: viewer)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, name in
            let model = try await client.model(name)
            return try await unlessInUse(model, viewer) {
                try await client.unload(model.name)
                _ = try store?.remove(model.name)
                try audit?.append(.modelRemoved, subject: model.name, by: Principal(name: viewer.caller.name))
                return .redirect(to: "/models")
            }
        }
    }

    /// Runs a handler for those who may change the server; others see that the address leads nowhere.
    func administer(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, String) async throws -> Response
    ) async throws -> Response {
        try await page(request, context) { viewer in
            guard viewer.caller.mayAdminister else { return try missingPage(request, context) }
            return try await make(viewer, named(context))
        }
    }

    /// The name in the address.
    func named(_ context: LaresContext) -> String {
        let name = context.parameters.get("name") ?? ""
        return name.removingPercentEncoding ?? name
    }
}
