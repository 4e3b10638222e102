import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/confirmations`: what programs, models and rules asked people for.
struct ConfirmationRoutes {
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/confirmations", handler: list),
            APIRoute(method: .get, path: "/lares/v1/confirmations/{confirmation}", handler: show),
            APIRoute(method: .post, path: "/lares/v1/confirmations/{confirmation}", handler: answer),
        ]
    }

    /// Those that the caller may answer.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let guardian = try require(), principal = context.caller.principal
        return try await telling { .json(["confirmations": .array(try guardian.pending(for: principal, through: .api).map(\.json))]) }
    }

    /// How far a question is, for whoever asked it.
    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let guardian = try require(), id = context.parameter("confirmation") ?? ""
        return try await telling {
            guard let state = try guardian.state(of: id) else {
                throw AccessError(.noSuchConfirmation, "there is no such question")
            }
            return .json(["id": .string(id), "state": .string(state.rawValue)])
        }
    }

    /// `{"answer": "yes"}`, with `"pin"` and `"person"` where one is needed: it is done then. `{"answer": "no"}`: it isn't.
    func answer(_ request: Request, _ context: LaresContext) async throws -> Response {
        let guardian = try require(), id = context.parameter("confirmation") ?? "", principal = context.caller.principal
        let body = try await request.json(within: limits).json
        guard let answer = body["answer"]?.text, ["yes", "no"].contains(answer) else {
            throw APIError.invalid("'answer' must be yes or no", param: "answer")
        }
        guard answer == "yes" else {
            return try await telling {
                try guardian.decline(id, by: principal, through: .api)
                return .json(["state": "declined"])
            }
        }
        let assurance: Assurance = body["pin"] == nil ? .confirmed : try Assurance(body)
        let changes = ConfirmedDeeds(home: try home(), guardian: guardian, audit: audit, context: context, path: .api)
        let outcome = try await changes.approve(id, assurance)
        return .json(["state": "begun", "outcome": .string(outcome.word)])
    }

    private func home() throws -> Home {
        guard let services else { throw APIError.noHome }
        return services.home
    }

    private func require() throws -> HomeGuard {
        guard let guardian else { throw APIError.noHome }
        return guardian
    }

    private func telling(_ body: @escaping @Sendable () throws -> Response) async throws -> Response {
        do { return try await offTheThreads(body) } catch let error as AccessError { throw APIError(access: error) }
    }
}

/// Doing what a person said yes to.
struct ConfirmedDeeds {
    let home: Home
    let guardian: HomeGuard
    let audit: AuditLog?
    let context: LaresContext
    let path: Deed.Path

    /// Says yes, and has it done.
    ///
    /// - Throws: ``APIError``.
    func approve(_ id: String, _ assurance: Assurance) async throws -> CommandOutcome {
        let (guardian, principal, path, home) = (guardian, context.caller.principal, path, home)
        let command: ThingCommand
        do {
            command = try await offTheThreads {
                let question = try guardian.approve(id, by: principal, through: path, assurance)
                let asked = try Self.command(question.deed, home)
                let now = home.deed(asked, by: question.deed.principal, through: question.deed.path)
                _ = try guardian.begin(id, on: now.target, hazards: now.hazards)
                return asked
            }
        } catch let error as AccessError {
            throw APIError(access: error)
        }
        let changes = ThingChanges(
            home: home, guardian: guardian, audit: audit, caller: context.caller, path: path, logger: context.logger)
        return try await changes.perform(command)
    }

    /// The command that a deed is about, as the thing is now.
    private static func command(_ deed: Deed, _ home: Home) throws -> ThingCommand {
        guard let id = ThingID(deed.target.thing), let view = home.thing(id) else {
            throw AccessError(.deedChanged, "'\(deed.target.thing)' is there no more")
        }
        let order = try ThingOrder(deed.order, for: view.thing)
        let kind: Cause.Kind = deed.path == .rule ? .rule : deed.path == .model || deed.path == .voice ? .model : .principal
        return ThingCommand(id, order.values, by: Cause(kind, name: deed.principal.name))
    }
}

extension Confirmation {
    /// The question as the API shows it.
    var json: JSON {
        [
            "id": .string(id), "thing": .string(deed.target.thing), "order": deed.order, "asked_by": .string(deed.principal.name),
            "path": .string(deed.path.rawValue), "needs_pin": .bool(needsPIN), "ends": .double(ends.timeIntervalSince1970),
        ]
    }
}
