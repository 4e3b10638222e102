public import Foundation

/// Questions to people.
extension HomeGuard {
    /// Asks people whether a deed is meant, for whoever can't say so themselves: an agent, a model, a rule, a panel.
    ///
    /// The same deed of the same caller is the same question. A caller has at most eight that wait, all have 64.
    ///
    /// - Throws: ``AccessError``: `refused`, `nothingToConfirm`, `tooManyPending`.
    public func ask(_ deed: Deed, now: Date = Date()) throws -> Confirmation {
        let needsPIN: Bool
        switch try decision(on: deed) {
        case .allowed: throw AccessError(.nothingToConfirm, "this needs no person: have it done")
        case .refused(let reason): throw try refusal(deed, reason, now)
        case .needsConfirmation: needsPIN = false
        case .needsPIN: needsPIN = true
        }
        guard deed.isKeepable else { throw try refusal(deed, .tooLong, now) }
        let seconds = try policies.current().policy.confirmationSeconds
        return try confirmations.ask(deed, needsPIN: needsPIN, seconds: seconds, now: now)
    }

    /// The questions that wait for an answer and that somebody may answer, oldest first.
    public func pending(for principal: Principal, through path: Deed.Path, now: Date = Date()) throws -> [Confirmation] {
        try confirmations.pending(now: now).filter { try isAnswerable($0, by: principal, path) }
    }

    /// How far a question is, also one that ended in the last day; nil: there is none.
    public func state(of id: String, now: Date = Date()) throws -> Confirmation.State? { try confirmations.state(of: id, now: now) }

    /// Ends what nobody answered in time, with its line in the log. Every other call does it too.
    public func expire(now: Date = Date()) throws { try confirmations.expire(now) }

    /// Says yes. Who could have done it themselves may: by hand, a person, with a PIN if they or whoever asked need one.
    ///
    /// The deed must be begun within ten seconds.
    ///
    /// - Throws: ``AccessError``: `noSuchConfirmation` also for who comes second, `notAllowed`, `needsPIN`, those of a PIN.
    public func approve(
        _ id: String, by principal: Principal, through path: Deed.Path, _ assurance: Assurance = .confirmed, now: Date = Date()
    ) throws -> Confirmation {
        let question = try confirmations.open(id, .pending, now: now)
        let own = question.deed.repeated(by: principal, through: path)
        guard path.isByHand, principal.isPerson else { throw Self.notTheirs }
        let decision = try decision(on: own)
        if case .refused = decision { throw Self.notTheirs }
        switch assurance {
        case .pin(let pin, let who):
            let person = try people.verify(pin, of: who, by: principal, now: now)
            if case .refused = try self.decision(on: own.joined(by: person)) { throw Self.notTheirs }
            return try confirmations.approve(id, by: principal, named: person.name, withPIN: true, now: now)
        case .confirmed where !question.needsPIN && decision != .needsPIN:
            return try confirmations.approve(id, by: principal, named: principal.name, withPIN: false, now: now)
        case .none, .confirmed, .standing: throw AccessError(.needsPIN, "this needs your PIN")
        }
    }

    /// Says no. Whoever may say yes may, and whoever asked.
    ///
    /// - Throws: ``AccessError``: `noSuchConfirmation`, `notAllowed`.
    public func decline(_ id: String, by principal: Principal, through path: Deed.Path, now: Date = Date()) throws {
        let question = try confirmations.open(id, .pending, now: now)
        let asker = question.deed.principal
        let isAsker = asker.name == principal.name && asker.keyID == principal.keyID
        guard try isAsker || isAnswerable(question, by: principal, path) else { throw Self.notTheirs }
        _ = try confirmations.decline(id, by: principal, now: now)
    }

    /// Begins what a person said yes to. It is judged again as everything is now: the policy, whoever asked, and the thing.
    ///
    /// - Parameters:
    ///   - id: The question.
    ///   - target: The thing as the home knows it now.
    ///   - hazards: What is dangerous about the order now.
    ///   - now: The time.
    /// - Returns: A permit for exactly what was confirmed, once: a second call finds nothing to begin.
    /// - Throws: ``AccessError``: `noSuchConfirmation`, `deedChanged`, `refused`.
    public func begin(_ id: String, on target: Deed.Target, hazards: Set<Deed.Hazard>, now: Date = Date()) throws -> Permit {
        let question = try confirmations.open(id, .approved, now: now)
        let asked = question.deed
        guard let asker = try asker(asked.principal, now) else {
            throw AccessError(.refused, "the key of who asked opens nothing any more")
        }
        let deed = Deed(by: asker, through: asked.path, on: target, hazards: hazards, order: asked.order, cause: asked.cause)
        guard deed.fingerprint == question.fingerprint else {
            throw AccessError(.deedChanged, "'\(target.thing)' is no longer what it was when this was confirmed: ask again")
        }
        switch try decision(on: deed) {
        case .refused(let reason): throw try refusal(deed, reason, now)
        case .needsPIN where !question.isWithPIN: throw AccessError(.needsPIN, "this needs a PIN now: ask again")
        case .allowed, .needsConfirmation, .needsPIN: break
        }
        let begun = try confirmations.begin(id, by: asker, now: now)
        return Permit(deed, by: begun.answerer)
    }

    /// Whoever asked, as they are now: a key may have been revoked, a person have another role.
    func asker(_ then: Principal, _ now: Date) throws -> Principal? {
        guard let id = then.keyID else { return then }
        return try keys.principal(keyID: id, now: now)
    }

    private func isAnswerable(_ question: Confirmation, by principal: Principal, _ path: Deed.Path) throws -> Bool {
        guard path.isByHand, principal.isPerson else { return false }
        if case .refused = try decision(on: question.deed.repeated(by: principal, through: path)) { return false }
        return true
    }

    private func refusal(_ deed: Deed, _ refusal: HomePolicy.Refusal, _ now: Date) throws -> AccessError {
        _ = try refused(deed, refusal, now)
        return AccessError(.refused, "'\(deed.principal.name)' may not have this done: \(refusal.rawValue)")
    }

    private static let notTheirs = AccessError(.notAllowed, "somebody who may do this themselves must answer, by hand")
}
