import HTTPTypes
import LaresAccess
import LaresJSON
import LaresThings
import Logging

/// Having things do something, the same for the API and the console: judged by the policy, written to the audit log.
struct ThingChanges: Sendable {
    let home: Home
    let guardian: HomeGuard?
    let audit: AuditLog?
    let caller: Caller
    let path: Deed.Path
    let logger: Logger

    /// Has a thing do what an order says.
    ///
    /// - Throws: ``APIError``: 403 with what the policy wants to have first, 409, 504, 503.
    func carryOut(_ order: ThingOrder) async throws -> CommandOutcome {
        let command = ThingCommand(order.thing.id, order.values, by: Cause(.principal, name: caller.name))
        try await check([command], order.assurance)
        return try await perform(command)
    }

    /// Has done what a person said yes to. What is dangerous was written down when it was permitted; all else is while it is on its way.
    func perform(_ command: ThingCommand) async throws -> CommandOutcome {
        async let carriedOut = home.outcome(of: command)
        note(command.subject)
        switch await carriedOut {
        case .success(let outcome): return outcome
        case .failure(let error): throw APIError(things: error)
        }
    }

    /// Whether commands may be carried out; nothing of them is done when one may not.
    ///
    /// - Throws: ``APIError``: 403 `needs_confirmation`, `needs_pin`, `confirmation_pending` (a person was asked) or `not_allowed`; 429 after wrong PINs.
    func check(_ commands: [ThingCommand], _ assurance: Assurance) async throws {
        for command in commands {
            let deed = home.deed(command, by: caller.principal, through: path)
            // What isn't dangerous takes one short look into the database, less than going to another thread for it.
            if deed.hazards.isEmpty { try judge(deed, assurance) } else { try await offTheThreads { try judge(deed, assurance) } }
        }
    }

    private func judge(_ deed: Deed, _ assurance: Assurance) throws {
        guard let guardian else {
            guard deed.hazards.isEmpty else { throw Self.forbidden("not_allowed", "nothing dangerous is done where there are no keys") }
            return
        }
        do {
            switch try guardian.judge(deed, assurance) {
            case .permitted: return
            case .refused(let reason): throw Self.forbidden("not_allowed", "'\(caller.name)' may not do this: \(reason.rawValue)")
            case .needs(let need) where path.isByHand && caller.principal.isPerson: throw Self.lacking(need, deed)
            case .needs:
                let question = try guardian.ask(deed)
                throw Self.forbidden(
                    "confirmation_pending", "a person must say that this is meant: the question \(question.id) waits for an answer")
            }
        } catch let error as AccessError {
            throw APIError(access: error)
        }
    }

    private static func lacking(_ need: HomeGuard.Need, _ deed: Deed) -> APIError {
        let what = "setting '\(deed.target.thing)' \(deed.hazards.map(\.sentence).sorted().joined(separator: " and "))"
        switch need {
        case .confirmation: return forbidden("needs_confirmation", "\(what): send \"confirm\": true if you mean it")
        case .pin: return forbidden("needs_pin", "\(what): send \"pin\", and \"person\" where the key is nobody's own")
        }
    }

    private static func forbidden(_ code: String, _ message: String) -> APIError {
        APIError(.forbidden, type: "permission_error", code: code, message)
    }

    /// Carries out commands that were checked, side by side.
    func carryOut(_ commands: [ThingCommand]) async -> [(thing: ThingID, outcome: Result<CommandOutcome, ThingsError>)] {
        await withTaskGroup(of: (Int, Result<CommandOutcome, ThingsError>).self) { group in
            for (place, command) in commands.enumerated() {
                group.addTask { (place, await home.outcome(of: command)) }
            }
            for command in commands { note(command.subject) }
            var results: [(Int, Result<CommandOutcome, ThingsError>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map { (commands[$0.0].thing, $0.1) }
        }
    }

    private func note(_ subject: String) { audit.note(.thingSet, subject, by: caller, logger) }
}

extension Home {
    /// A command as the policy judges it.
    func deed(_ command: ThingCommand, by principal: Principal, through path: Deed.Path, cause: String? = nil) -> Deed {
        let order = command.values.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, $1.value.json) }
        let target = thing(command.thing).map { Deed.Target($0.thing) } ?? Deed.Target(thing: command.thing.description, category: "")
        return Deed(
            by: principal, through: path, on: target, hazards: Set(dangers(of: command).map { Deed.Hazard.named($0.hazard.rawValue) }),
            order: .object(order), cause: cause)
    }
}

extension Deed.Target {
    /// A thing as the policy sees it.
    init(_ thing: Thing) {
        self.init(thing: thing.id.description, category: thing.category.description, area: thing.area?.description)
    }
}

extension Deed.Hazard {
    fileprivate var sentence: String {
        switch self {
        case .opens: "opens the house"
        case .disarms: "takes its guard away"
        case .heats: "heats something that nobody may be looking at"
        case .unknown: "may do anything"
        }
    }
}

extension APIError {
    /// How an error of keys, people, PINs and the policy looks to a client.
    init(access error: AccessError) {
        let (status, code): (HTTPResponse.Status, String) =
            switch error.code {
            case .tooManyTries: (.tooManyRequests, "too_many_tries")
            case .tooManyPending: (.tooManyRequests, "too_many_pending")
            case .wrongPIN: (.forbidden, "wrong_pin")
            case .needsPIN: (.forbidden, "needs_pin")
            case .notAllowed, .refused: (.forbidden, "not_allowed")
            case .deedChanged: (.conflict, "deed_changed")
            case .policyChanged: (.conflict, "policy_changed")
            case .noSuchConfirmation, .noSuchPerson, .noSuchKey: (.notFound, "unknown")
            default: (.badRequest, "invalid_value")
            }
        self.init(
            status, type: status == .forbidden ? "permission_error" : "invalid_request_error", code: code, error.message,
            retryAfter: error.retryAfter)
    }
}
