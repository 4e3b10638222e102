import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess

extension Console {
    func addKeyRoutes(to router: Router<LaresContext>) {
        router.get("/keys", use: showKeys)
        router.post("/keys", use: makeKey)
        router.get("/keys/:name/revoke", use: askToRevoke)
        router.post("/keys/:name/revoke", use: revokeKey)
    }

    @Sendable private func showKeys(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, _ in try keysPage(viewer) }
    }

    /// Makes a key. The answer shows its secret this once and is kept by no cache.
    @Sendable private func makeKey(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        try await administer(incoming, context) { viewer, _ in
            var request = incoming
            let form = try await Form(&request)
            let (name, role) = (form["name"], Role(rawValue: form["role"]) ?? .viewer)
            guard !name.isEmpty else {
                return try keysPage(viewer) { $0.refuse(Trouble($0.amount.words("keys.noName"), field: "name"), form) }
            }
            do {
                guard let made = try keys?.make(name: name, role: role, person: form["person"].isEmpty ? nil : form["person"]) else {
                    return try missingPage(incoming, context)
                }
                try audit?.append(.keyMade, subject: made.key.name, by: Principal(name: viewer.caller.name))
                return try keysPage(viewer) { $0.made = made }
            } catch let error as AccessError {
                return try keysPage(viewer) {
                    $0.refuse(Trouble(error, $0.amount.words, fallback: "keys.failed", field: "name"), form)
                }
            }
        }
    }

    @Sendable private func askToRevoke(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, id in
            guard let key = try usableKeys().first(where: { $0.id == id }) else { return try missingPage(request, context) }
            let words = words(viewer)
            return try html(
                .confirm, title: words("keys.revokeTitle", ["name": key.name]),
                [
                    "text": words("keys.revokeText"), "action": "/keys/\(key.id)/revoke", "back": "/keys", "keep": words("keys.keep"),
                    "do": words("keys.revokeDo"),
                ], viewer: viewer)
        }
    }

    @Sendable private func revokeKey(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, id in
            guard let key = try usableKeys().first(where: { $0.id == id }) else { return try missingPage(request, context) }
            _ = try keys?.revoke(key.id)
            try audit?.append(.keyRevoked, subject: key.name, by: Principal(name: viewer.caller.name))
            return .redirect(to: "/keys")
        }
    }

    private func usableKeys() throws -> [APIKey] { try keys?.list().filter { $0.isUsable(at: Date()) } ?? [] }

    private func keysPage(_ viewer: Viewer, _ change: (inout KeysView) -> Void = { _ in }) throws -> Response {
        var view = KeysView(keys: try usableKeys(), amount: Amount(words(viewer)), now: Date())
        view.people = try people?.list() ?? []
        change(&view)
        return try html(
            .keys, title: words(viewer)("keys.title"), view.fields, viewer: viewer, status: view.trouble == nil ? .ok : .badRequest)
    }
}
