import HTTPTypes
import Hummingbird
import LaresAccess
import LaresServing

extension NetworkPages {
    func addChangeRoutes(to router: Router<LaresContext>) {
        let changes: [(String, String, Change)] = [
            ("promote", "promoted", promote), ("rollback", "rolledBack", rollBack), ("load", "loaded", load),
            ("unload", "unloaded", unload), ("aliases", "alias", setAlias), ("aliases/remove", "aliasGone", removeAlias),
            ("trial", "trial", tryOut), ("trial/end", "trialEnded", endTrial),
        ]
        for (path, done, make) in changes {
            router.post(RouterPath("/networks/:name/" + path)) { try await change($0, $1, done, make) }
        }
        for path: RouterPath in ["/networks/:name/remove", "/networks/:name/versions/:version/remove"] {
            router.get(path, use: askToRemove)
            router.post(path, use: remove)
        }
    }

    /// What was done, and to which version or name, for the sentence on the next page.
    typealias Change = @Sendable (NetworkChanges, RegisteredModel, Form) async throws -> String

    /// Makes a change and leads back to the page, which says what was done; or stays there and says why not.
    private func change(
        _ incoming: Request, _ context: LaresContext, _ done: String, _ change: Change
    ) async throws -> Response {
        try await administer(incoming, context) { viewer, model, changes in
            var request = incoming
            let form = try await Form(&request)
            do {
                let what = try await change(changes, model, form)
                return .redirect(to: "\(model.page)?done=\(done)&what=\(what.pathEscaped)")
            } catch let error as RegistryError where error.code == .otherSignature {
                return try askForSignature(error, incoming.uri.path, form, model, viewer)
            } catch {
                guard let trouble = trouble(error, model, console.words(viewer)) else { throw error }
                return try await show(try networks.registry.model(model.name), viewer, trouble: trouble)
            }
        }
    }

    /// Asks whether another signature is meant: the same form again, with that said.
    private func askForSignature(
        _ error: RegistryError, _ action: String, _ form: Form, _ model: RegisteredModel, _ viewer: Viewer
    ) throws -> Response {
        let words = console.words(viewer)
        let fields = ["version", "kind", "percent", "alias"].filter(form.has).map { ["field": $0, "value": form[$0]] }
        return try console.html(
            .confirmSignature, title: words("net.signature.title"),
            [
                "text": words("net.signature.text"), "detail": error.message, "action": action, "back": model.page,
                "fields": fields + [["field": "new_signature", "value": "yes"]],
            ], viewer: viewer, status: .conflict)
    }

    /// The sentence of what was just done; the address says it, so only what there is a sentence for counts.
    static func done(_ request: Request, _ words: Words) -> String? {
        guard let done = request.queryFields.get("done"), words.has("netdone.\(done)") else { return nil }
        return words("netdone.\(done)", ["what": String((request.queryFields.get("what") ?? "").prefix(64))])
    }

    private func trouble(_ error: any Error, _ model: RegisteredModel, _ words: Words) -> Trouble? {
        switch error {
        case let error as RegistryError where error.code == .badRollout: Trouble(error, words, fallback: "net.failed", field: "percent")
        case let error as RegistryError where error.code == .badName: Trouble(error, words, fallback: "net.failed", field: "alias")
        case let error as PullError: Trouble(words("error.registry.name"), detail: error.message, field: "alias")
        case let error as ServingError where error.code == .modelNotFound && networks.standing(of: model.name).isClosed:
            Trouble(words("net.closed"), detail: error.message)
        case is RegistryError, is ServingError: Trouble(error, words, fallback: "net.failed")
        case is FormError, is CancellationError: nil
        default: Trouble(error, words, fallback: "net.failed")
        }
    }

    private func administer(
        _ request: Request, _ context: LaresContext, _ make: (Viewer, RegisteredModel, NetworkChanges) async throws -> Response
    ) async throws -> Response {
        try await about(request, context) { viewer, model in
            guard viewer.caller.mayAdminister else { return try console.missingPage(request, context) }
            let changes = NetworkChanges(networks: networks, audit: console.audit, caller: viewer.caller, logger: context.logger)
            return try await make(viewer, model, changes)
        }
    }

    @Sendable private func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, model, _ in
            let words = console.words(viewer)
            let version = context.parameters.get("version").flatMap { model.version($0) }
            guard version != nil || context.parameters.get("version") == nil else { return try console.missingPage(request, context) }
            let page = version?.page ?? model.page
            return try console.html(
                .confirm,
                title: version.map { words("ver.removeTitle", ["name": model.name, "version": "\($0.number)"]) }
                    ?? words("net.removeTitle", ["name": model.name]),
                [
                    "text": version.map { words("ver.removeText", ["size": Amount(words).bytes($0.bytes)]) }
                        ?? words("net.removeText", ["count": "\(model.versions.count)"]),
                    "action": page + "/remove", "back": page, "keep": words("remove.keep"), "do": words("remove.do"),
                ], viewer: viewer)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, model, changes in
            let version = context.parameters.get("version")
            do {
                try changes.remove(model.name, version: version)
            } catch {
                guard let trouble = trouble(error, model, console.words(viewer)) else { throw error }
                return try await show(model, viewer, trouble: trouble)
            }
            return .redirect(to: version.map { "\(model.page)?done=removed&what=\($0.pathEscaped)" } ?? "/networks")
        }
    }
}

// What may be changed; each tells the version or the name that its sentence needs.
extension NetworkPages {
    @Sendable private func promote(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        "\(try await changes.promote(model.name, to: form["version"], newSignature: form.has("new_signature")))"
    }

    @Sendable private func rollBack(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        "\(try changes.rollBack(model.name))"
    }

    @Sendable private func load(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        try await networks.load(model.name)
        changes.note(.modelLoaded, model.name)
        return model.name
    }

    @Sendable private func unload(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        try await networks.unload(model.name)
        changes.note(.modelUnloaded, model.name)
        return model.name
    }

    @Sendable private func setAlias(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        try changes.setAlias(form["alias"], of: model.name, to: form["version"], newSignature: form.has("new_signature"))
        return form["alias"]
    }

    @Sendable private func removeAlias(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        try changes.removeAlias(form["alias"], of: model.name)
        return form["alias"]
    }

    @Sendable private func tryOut(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        guard let kind = Rollout.Kind(rawValue: form["kind"]) else { throw FormError() }
        try changes.tryOut(
            form["version"], of: model.name, kind, percent: Int(form["percent"]) ?? 0, newSignature: form.has("new_signature"))
        return form["version"]
    }

    @Sendable private func endTrial(_ changes: NetworkChanges, _ model: RegisteredModel, _ form: Form) async throws -> String {
        try changes.endTrial(of: model.name)
        return model.rollout.map { "\($0.number)" } ?? ""
    }
}
