public import Foundation
public import LaresJSON

/// What a deed that is done later was permitted on: who wanted it, what was dangerous about it, and what they gave for it.
///
///     let pledge = Pledge(deed, assurance)                // once it was permitted
///     let judgement = try guardian.judge(pledge) { deed(of: command, by: $0) }   // when it is due
public struct Pledge: Sendable, Hashable {
    /// How it came.
    public let path: Deed.Path
    /// Who wanted it, as far as the log names them.
    let principal: Principal
    let hazards: Set<Deed.Hazard>
    /// What a person gave for what is dangerous; nil: nothing.
    let given: HomeGuard.Need?
    /// Whose PIN it was.
    let person: String?

    /// What a deed was permitted on.
    public init(_ deed: Deed, _ assurance: Assurance) {
        (path, principal, hazards) = (deed.path, deed.principal, deed.hazards)
        switch assurance {
        case .none, .standing: (given, person) = (nil, nil)
        case .confirmed: (given, person) = (.confirmation, nil)
        case .pin(_, let who): (given, person) = (.pin, who ?? deed.principal.person)
        }
    }

    /// As it is kept. No PIN is in it.
    public var json: JSON {
        var members: JSON.Members = [
            "path": .string(path.rawValue), "name": .string(principal.name),
            "hazards": .array(hazards.map(\.rawValue).sorted().map(JSON.string)),
        ]
        members["key"] = principal.keyID.map { .string($0) }
        members["given"] = given.map { .string($0.rawValue) }
        members["person"] = person.map { .string($0) }
        return .object(members)
    }

    /// Reads what ``json`` writes; nil for anything else.
    public init?(_ json: JSON) {
        guard let path = json["path"]?.text.flatMap(Deed.Path.init), let name = json["name"]?.text, let hazards = json["hazards"]?.elements
        else { return nil }
        self.path = path
        self.hazards = Set(hazards.compactMap(\.text).map(Deed.Hazard.named))
        let key = json["key"]?.text
        principal = key == nil && name == Principal.local.name ? .local : Principal(name: name, keyID: key, roles: [.viewer])
        (given, person) = (json["given"]?.text.flatMap(HomeGuard.Need.init), json["person"]?.text)
    }
}

extension HomeGuard {
    /// Judges a deed that was permitted before, as everything is now: the policy, the thing, and whoever wanted it.
    ///
    /// - Parameter deed: The deed as it is now, of whoever wanted it.
    /// - Throws: An ``AccessError`` of a policy that can't be read; an error of a database: then it isn't permitted.
    public func judge(_ pledge: Pledge, now: Date = Date(), _ deed: (Principal) -> Deed) throws -> Judgement {
        guard let asker = try asker(pledge.principal, now) else { return try refused(deed(pledge.principal), .keyEnded, now) }
        let deed = deed(asker)
        switch try decision(on: deed) {
        case .allowed: return .permitted(try permit(deed, by: nil, now))
        case .refused(let refusal): return try refused(deed, refusal, now)
        case .needsConfirmation: return try judge(deed, on: pledge, lacking: .confirmation, now)
        case .needsPIN: return try judge(deed, on: pledge, lacking: .pin, now)
        }
    }

    private func judge(_ deed: Deed, on pledge: Pledge, lacking need: Need, _ now: Date) throws -> Judgement {
        guard deed.hazards.isSubset(of: pledge.hazards), pledge.given == .pin || pledge.given == need, try isStill(pledge, deed) else {
            return try held(deed, need, now)
        }
        return .permitted(try permit(deed, by: deed.principal.name, now))
    }

    /// Whether whoever gave their PIN is still somebody who may.
    private func isStill(_ pledge: Pledge, _ deed: Deed) throws -> Bool {
        guard pledge.given == .pin, let id = pledge.person else { return true }
        guard let person = try people.person(id) else { return false }
        if case .refused = try decision(on: deed.joined(by: person)) { return false }
        return true
    }
}
