import LaresAccess
import LaresServing
import Logging

/// What administrators do to trained networks, the same for the API and the console: the registry changes, the audit log says who did it,
/// and what is in memory follows.
///
/// Every method throws `RegistryError`; those that load throw ``ServingError`` too.
struct NetworkChanges: Sendable {
    let networks: NetworkServing
    let audit: AuditLog?
    let caller: Caller
    let logger: Logger

    /// Makes a version the one that requests get; it is in memory before. Nil: the candidate.
    @discardableResult
    func promote(_ name: String, to reference: String?, newSignature: Bool) async throws -> Int {
        try await networks.makeReady(name, version: reference ?? RegisteredModel.candidate)
        let number = try networks.registry.promote(name, to: reference, newSignature: newSignature)
        changed(name, .versionPromoted, "\(name) \(number)")
        return number
    }

    /// Makes the version that was in production before the one in production again.
    @discardableResult
    func rollBack(_ name: String) throws -> Int {
        let number = try networks.registry.rollBack(name)
        changed(name, .versionRolledBack, "\(name) \(number)")
        return number
    }

    func setAlias(_ alias: String, of name: String, to reference: String, newSignature: Bool) throws {
        try networks.registry.setAlias(alias, of: name, to: reference, newSignature: newSignature)
        changed(name, .aliasSet, "\(name) \(alias)")
    }

    func removeAlias(_ alias: String, of name: String) throws {
        try networks.registry.removeAlias(alias, of: name)
        changed(name, .aliasSet, "\(name) \(alias)")
    }

    /// Begins a trial of a version beside production.
    func tryOut(
        _ reference: String, of name: String, _ kind: Rollout.Kind, percent: Int, errorShare: Double = 0.05, least: Int = 20,
        newSignature: Bool
    ) throws {
        try networks.registry.tryOut(
            reference, of: name, kind, percent: percent, errorShare: errorShare, least: least, newSignature: newSignature)
        changed(name, .trialBegun, "\(name) \(reference)")
    }

    func endTrial(of name: String) throws {
        try networks.registry.endTrial(of: name)
        changed(name, .trialEnded, name)
    }

    /// Removes a version; nil: the network with all of them. The result is the bytes that became free.
    @discardableResult
    func remove(_ name: String, version: String?) throws -> Int {
        let freed = try version.map { try networks.registry.remove(name, version: $0) } ?? networks.registry.remove(name)
        changed(name, .versionRemoved, version.map { "\(name) \($0)" } ?? name)
        return freed
    }

    func changed(_ name: String, _ act: AuditAct, _ subject: String) {
        note(act, subject)
        networks.registryChanged(name)
    }

    /// What was done is done: a log that can't be written is a fault for the server's own log, not an answer.
    func note(_ act: AuditAct, _ subject: String) { audit.note(act, subject, by: caller, logger) }
}
