import Foundation
import HTTPTypes
import Hummingbird
import LaresNeural
import LaresServing

extension TrainingPages {
    func addDataRoutes(to router: Router<LaresContext>) {
        router.post("/new-training/data", use: add)
        router.get("/new-training/data/:id/remove", use: askToRemove)
        router.post("/new-training/data/:id/remove", use: remove)
    }

    /// The first step: which data.
    func showData(_ viewer: Viewer, path: String = "", trouble: Trouble? = nil) throws -> Response {
        let amount = Amount(console.words(viewer)), words = amount.words
        let sets = jobs.data.all().map { set in
            [
                "title": set.name, "use": "/new-training?data=\(set.id)", "remove": "/new-training/data/\(set.id)/remove",
                "useName": words("data.useName", ["name": set.name]), "removeName": words("data.removeName", ["name": set.name]),
                "about": about(set, amount),
            ] as [String: Any]
        }
        let own: [String: Any] = [
            "sets": sets, "any": !sets.isEmpty, "isLocal": viewer.caller.isLocal, "pathValue": path,
            "most": "\(console.settings.uploadLimit)",
            "tooLarge": words("data.tooLarge", ["size": amount.bytes(console.settings.uploadLimit)]),
            "limit": words("data.limit", ["size": amount.bytes(console.settings.uploadLimit)]),
        ]
        return try console.html(
            .newTraining, title: words("form.title"),
            own.merging(Trouble.fields(trouble, title: words("data.failed"), form: ["file", "path"])) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    private func about(_ set: DataSet, _ amount: Amount) -> String {
        let (bytes, ago) = (amount.bytes(set.bytes), amount.ago(set.created, now: .now))
        switch set.summary {
        case .table(let table):
            let (rows, columns) = (amount.whole(table.rows), amount.whole(table.columns.count))
            return amount.words("data.row", ["rows": rows, "columns": columns, "bytes": bytes, "ago": ago])
        case .text(let lines, _): return amount.words("data.lines", ["lines": amount.whole(lines), "bytes": bytes, "ago": ago])
        }
    }

    @Sendable private func add(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let words = console.words(viewer)
            do {
                let set = try await changes(viewer, context).addData(request, named: "", limit: console.settings.uploadLimit)
                return .redirect(to: "/new-training?data=\(set.id)")
            } catch let error as APIError {
                return try showData(viewer, trouble: Trouble(words("data.failed"), detail: error.message, field: "file"))
            } catch {
                return try showData(viewer, trouble: Trouble(error, words, fallback: "data.failed", field: "file"))
            }
        }
    }

    @Sendable private func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            guard let set = try? jobs.data.find(id(context)) else { return try console.missingPage(request, context) }
            let words = console.words(viewer)
            return try console.html(
                .confirm, title: words("data.removeTitle", ["name": set.name]),
                [
                    "text": words("data.removeText", ["size": Amount(words).bytes(set.bytes)]),
                    "action": "/new-training/data/\(set.id)/remove", "back": "/new-training", "keep": words("remove.keep"),
                    "do": words("remove.do"),
                ], viewer: viewer)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            do { _ = try changes(viewer, context).removeData(id(context)) } catch is JobError {}
            return .redirect(to: "/new-training")
        }
    }
}
