public import Foundation
package import GRDB
import LaresJSON
import Synchronization

/// The policy of this place, in `access.db`, with those before it. Another process's change counts at once.
public final class PolicyStore: Sendable {
    private let people: People
    private let read = Mutex<(revision: Int, policy: HomePolicy)>((0, HomePolicy()))

    /// The policy of the place whose people these are.
    public init(_ people: People) { self.people = people }

    /// The policy as it is now, and how often it was set.
    ///
    /// - Throws: ``AccessError`` with `badPolicy` for one that this version can't read: then nothing is decided.
    public func current() throws -> (revision: Int, policy: HomePolicy) {
        let known = read.withLock { $0 }
        let newer = try people.pool.read {
            try Row.fetchOne(
                try $0.cachedStatement(sql: "SELECT revision, text FROM policies WHERE revision > ? ORDER BY revision DESC LIMIT 1"),
                arguments: [known.revision])
        }
        guard let newer else { return known }
        let found: (revision: Int, policy: HomePolicy) = (newer["revision"], try HomePolicy(parsing: newer["text"]))
        read.withLock { if $0.revision < found.revision { $0 = found } }
        return found
    }

    /// Sets the policy.
    ///
    /// - Parameters:
    ///   - policy: The new one.
    ///   - revision: That of the policy it was made from; nil: whatever it is.
    ///   - principal: Who sets it: an owner.
    ///   - assurance: Their PIN, if they have one.
    ///   - now: The time.
    /// - Returns: The new revision.
    /// - Throws: ``AccessError``: `policyChanged`, `badPolicy`, `notAllowed`, those of a PIN.
    @discardableResult
    public func set(
        _ policy: HomePolicy, replacing revision: Int? = nil, by principal: Principal, _ assurance: Assurance = .none, now: Date = Date()
    ) throws -> Int {
        try requireOwner(principal, assurance, now: now)
        return try people.pool.write { try write(policy, replacing: revision, by: principal, now: now, in: $0) }
    }
}

/// For who moves a whole home.
extension PolicyStore {
    /// Where it is kept.
    package var database: any DatabaseWriter { people.pool }

    /// The policy that somebody set; nil: nobody did.
    package func written(in database: Database) throws -> HomePolicy? {
        try String.fetchOne(database, sql: "SELECT text FROM policies ORDER BY revision DESC LIMIT 1").map(HomePolicy.init(parsing:))
    }

    /// Lets owners through who show that they are. Throws ``AccessError``: `notAllowed`, those of a PIN.
    package func requireOwner(_ principal: Principal, _ assurance: Assurance, now: Date = Date()) throws {
        try people.requireOwner(principal, assurance, now)
    }

    /// Sets the policy for who was let through, in a transaction.
    @discardableResult
    package func write(
        _ policy: HomePolicy, replacing revision: Int? = nil, by principal: Principal, now: Date = Date(), in database: Database
    ) throws -> Int {
        let text = policy.text
        guard try HomePolicy(parsing: text) == policy else { throw AccessError(.badPolicy, "this policy can't be written down") }
        let found = try Int.fetchOne(database, sql: "SELECT MAX(revision) FROM policies") ?? 0
        guard revision ?? found == found else {
            throw AccessError(.policyChanged, "somebody changed the policy meanwhile: read it again")
        }
        try database.execute(
            sql: "INSERT INTO policies (time, actor, text) VALUES (?, ?, ?)",
            arguments: [now.timeIntervalSince1970, principal.name, text])
        try database.execute(sql: "DELETE FROM policies WHERE revision <= ?", arguments: [found - 99])
        try people.audit.append(.policySet, subject: "home", by: principal, detail: ["revision": .int(found + 1)], now: now)
        return Int(database.lastInsertedRowID)
    }
}
