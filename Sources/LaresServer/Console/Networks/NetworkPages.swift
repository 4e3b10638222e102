import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresServing

/// The pages of trained networks: what there is, one network, one version of it, and trying one.
struct NetworkPages: Sendable {
    let console: Console
    let networks: NetworkServing

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/networks", use: list)
        router.get("/network-events", use: events)
        router.get("/networks/:name", use: network)
        router.get("/networks/:name/versions/:version", use: version)
        router.get("/networks/:name/try", use: showTry)
        router.post("/networks/:name/try", use: tryIt)
        addChangeRoutes(to: router)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let rows = try rows(viewer), mayTrain = viewer.caller.mayAdminister && console.jobs != nil
            return try console.html(
                .networks, title: console.words(viewer)("nets.title"),
                [
                    "sentence": rows.sentence, "networks": rows.rows, "any": !rows.entries.isEmpty,
                    "train": mayTrain ? "/new-training" : false,
                ], viewer: viewer)
        }
    }

    /// The rows as they change.
    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context) {
            let rows = try rows(viewer)
            let table = try console.pages.render(.networkRows, ["networks": rows.rows], language: viewer.language)
            return ["sentence": .string(rows.sentence), "rows": .string(table)]
        }
    }

    private func rows(_ viewer: Viewer) throws -> NetworkRows {
        NetworkRows(entries: try networks.models().map { ($0, networks.standing(of: $0.name)) }, amount: Amount(console.words(viewer)))
    }

    @Sendable private func network(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await about(request, context) { viewer, model in
            try await show(model, viewer, done: Self.done(request, console.words(viewer)))
        }
    }

    /// The page of a network; after a change that could not be made it says why.
    func show(_ model: RegisteredModel, _ viewer: Viewer, done: String? = nil, trouble: Trouble? = nil) async throws -> Response {
        var detail = NetworkDetail(
            model: model, standing: networks.standing(of: model.name), trial: networks.trial(of: model.name),
            amount: Amount(console.words(viewer)), mayChange: viewer.caller.mayAdminister,
            previous: try networks.registry.previous(of: model.name), done: done, trouble: trouble)
        detail.live = await console.city.standing(of: model)
        return try console.html(
            .network, title: model.name, detail.fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func version(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await about(request, context) { viewer, model in
            guard let version = model.version(context.parameters.get("version")?.removingPercentEncoding ?? "") else {
                return try console.missingPage(request, context)
            }
            var job: Job?
            if let id = version.lineage.job { job = try? await console.jobs?.job(id) }
            let detail = VersionDetail(
                version: version, model: model, job: job, parents: parents(of: version), amount: Amount(console.words(viewer)),
                mayChange: viewer.caller.mayAdminister)
            return try console.html(.version, title: detail.title, detail.fields, viewer: viewer)
        }
    }

    /// The pages of those parents that are networks of this place.
    private func parents(of version: ModelVersion) -> [String: String] {
        version.card.parents.reduce(into: [:]) { pages, parent in
            let parts = parent.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first, let model = try? networks.model(name) else { return }
            pages[parent] = parts.count > 1 ? model.version(parts[1])?.page : model.page
        }
    }

    /// Runs a handler of a page about one network; where there is none of that name, the page says so.
    func about(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, RegisteredModel) async throws -> Response
    ) async throws -> Response {
        try await console.page(request, context) { viewer in
            let name = console.named(context)
            do {
                return try await make(viewer, try networks.registry.model(name))
            } catch let error as RegistryError where error.code == .modelNotFound {
                return try console.problem(
                    "problem.network", values: ["name": name], back: ("/networks", "nets.go"), viewer: viewer, status: .notFound)
            }
        }
    }
}
