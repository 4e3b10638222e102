public import Foundation
import LaresJSON

/// Stands between whoever wants something and the things that do it: what the policy asks for must be there, whichever way it came.
///
///     let keys = try KeyStore(home: home)
///     let people = People(keys, audit: try AuditLog(home: home))
///     let guardian = HomeGuard(keys, people)
///
///     switch try guardian.judge(deed, .confirmed) {
///     case .permitted(let permit): try await home.carryOut(command(of: permit.deed))
///     case .needs(let need): …        // ask the person and come back, or `ask` others
///     case .refused(let refusal): …
///     }
///
/// Nothing is permitted that the audit log can't take down first. Calls look into databases, and PINs take a tenth of a second: not for
/// an event loop.
public struct HomeGuard: Sendable {
    /// What a person must still give.
    public enum Need: String, Sendable, Hashable, CaseIterable {
        /// That they say they mean it.
        case confirmation
        /// A PIN.
        case pin
    }

    /// What becomes of a deed.
    public enum Judgement: Sendable, Hashable {
        /// It may be done, once.
        case permitted(Permit)
        /// A person must give something first.
        case needs(Need)
        /// It isn't done.
        case refused(HomePolicy.Refusal)
    }

    let keys: KeyStore
    let people: People
    let confirmations: Confirmations
    /// The policy.
    public let policies: PolicyStore

    /// The guard of the place whose keys and people these are.
    public init(_ keys: KeyStore, _ people: People) {
        (self.keys, self.people, policies) = (keys, people, PolicyStore(people))
        confirmations = Confirmations(pool: keys.pool, audit: people.audit)
    }

    /// Judges a deed by the policy and by what came with it.
    ///
    /// - Throws: ``AccessError`` of a PIN or of a policy that can't be read; an error of a database: then it isn't permitted.
    public func judge(_ deed: Deed, _ assurance: Assurance = .none, now: Date = Date()) throws -> Judgement {
        switch try decision(on: deed) {
        case .allowed: return .permitted(try permit(deed, by: nil, now))
        case .refused(let refusal): return try refused(deed, refusal, now)
        case .needsConfirmation: return try judge(deed, lacking: .confirmation, assurance, now)
        case .needsPIN: return try judge(deed, lacking: .pin, assurance, now)
        }
    }

    private func judge(_ deed: Deed, lacking need: Need, _ assurance: Assurance, _ now: Date) throws -> Judgement {
        guard deed.isKeepable else { return try refused(deed, .tooLong, now) }
        switch assurance {
        case .confirmed where need == .confirmation && deed.path.isByHand && deed.principal.isPerson:
            return .permitted(try permit(deed, by: deed.principal.name, now))
        case .pin(let pin, let who) where (deed.path.isByHand || deed.path == .voice) && deed.principal.isPerson:
            let person = try people.verify(pin, of: who, by: deed.principal, now: now)
            // A child's PIN at a panel for everybody opens what a child may open.
            if case .refused(let refusal) = try decision(on: deed.joined(by: person)) { return try refused(deed, refusal, now) }
            return .permitted(try permit(deed, by: person.name, now))
        case .standing(let name) where deed.path == .rule || deed.path == .schedule:
            return .permitted(try permit(deed, by: name, now))
        case .none, .confirmed, .pin, .standing:
            return try held(deed, need, now)
        }
    }

    func held(_ deed: Deed, _ need: Need, _ now: Date) throws -> Judgement {
        try note(.deedHeld, deed, ["needs": .string(need.rawValue)], now)
        return .needs(need)
    }

    /// The policy's word on a deed, as it is now.
    func decision(on deed: Deed) throws -> HomePolicy.Decision {
        let policy = try policies.current().policy
        return policy.decision(on: deed, hasPIN: try !deed.hazards.isEmpty && people.hasPIN(deed.principal))
    }

    /// What isn't dangerous is noted by whoever does it.
    func permit(_ deed: Deed, by warrantor: String?, _ now: Date) throws -> Permit {
        if !deed.hazards.isEmpty { try note(.deedPermitted, deed, warrantor.map { ["warrantor": .string($0)] } ?? [:], now) }
        return Permit(deed, by: warrantor)
    }

    func refused(_ deed: Deed, _ refusal: HomePolicy.Refusal, _ now: Date) throws -> Judgement {
        try note(.deedRefused, deed, ["reason": .string(refusal.rawValue)], now)
        return .refused(refusal)
    }

    private func note(_ act: AuditAct, _ deed: Deed, _ more: JSON.Members, _ now: Date) throws {
        let detail = more.reduce(into: deed.detail) { $0.append($1.key, $1.value) }
        // An order may be as long as a request.
        let subject = deed.order.data.count <= Deed.longestOrder ? deed.summary : deed.target.thing
        try people.audit.append(act, subject: subject, by: deed.principal, detail: .object(detail), now: now)
    }
}

/// That a deed may be done. Only ``HomeGuard`` makes one; whoever carries deeds out takes one and does what is in it.
public struct Permit: Sendable, Hashable {
    /// What may be done.
    public let deed: Deed
    /// Who said that it is meant: a person's name, or that of a key; nil: nobody had to.
    public let warrantor: String?

    init(_ deed: Deed, by warrantor: String?) { (self.deed, self.warrantor) = (deed, warrantor) }
}

extension Deed {
    /// The same, done by somebody else.
    func repeated(by principal: Principal, through path: Path) -> Deed {
        Deed(by: principal, through: path, on: target, hazards: hazards, order: order, cause: cause)
    }

    /// The same, when a person shows that they are there too.
    func joined(by person: Person) -> Deed {
        repeated(
            by: Principal(name: principal.name, keyID: principal.keyID, roles: principal.roles.union([person.role]), person: person.id),
            through: path)
    }
}
