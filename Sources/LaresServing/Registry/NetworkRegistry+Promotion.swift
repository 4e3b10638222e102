public import Foundation
import GRDB

extension NetworkRegistry {
    /// Makes a version the one that requests get. A trial of it ends with that.
    ///
    /// - Parameters:
    ///   - name: the network.
    ///   - reference: a number or an alias; nil: the candidate.
    ///   - newSignature: whether it may take and give other tensors than the version in production.
    ///   - now: the time.
    /// - Returns: the version's number.
    /// - Throws: ``RegistryError`` with code `modelNotFound`, `versionNotFound` or `otherSignature`.
    @discardableResult
    public func promote(
        _ name: String, to reference: String? = nil, newSignature: Bool = false, now: Date = Date()
    ) throws -> Int {
        try pool.write { database in
            let number = try Self.number(reference ?? RegisteredModel.candidate, name, database)
            let model = try Self.required(name, database)
            guard model.aliases[RegisteredModel.production] != number else { return number }
            if !newSignature { try Self.checkSignature(number, model) }
            try database.execute(
                sql: """
                    INSERT INTO promotions
                    VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM promotions WHERE network = ?1), ?2, ?3)
                    """, arguments: [name, number, now.timeIntervalSince1970])
            try Self.point(RegisteredModel.production, name, number, database)
            try database.execute(sql: "DELETE FROM rollouts WHERE network = ? AND number = ?", arguments: [name, number])
            return number
        }
    }

    /// Requests are made for the signature in production; nothing is compared where there is none.
    private static func checkSignature(_ number: Int, _ model: RegisteredModel) throws {
        guard let production = model.aliases[RegisteredModel.production].flatMap({ model.version($0) }),
            let version = model.version(number),
            version.signature != production.signature
        else { return }
        throw RegistryError(
            .otherSignature,
            "version \(number) of '\(model.name)' is \(version.signature.words); production, version \(production.number), is "
                + "\(production.signature.words): requests made for the one may fail with the other. If that is meant, say so "
                + "(\"new_signature\": true, lares registry: --new-signature)")
    }

    /// Makes the version that was in production before the one in production again, whatever its signature, and ends a trial.
    ///
    /// - Returns: the version's number.
    /// - Throws: ``RegistryError`` with code `nothingBefore` when there was none, or it was removed.
    @discardableResult
    public func rollBack(_ name: String) throws -> Int {
        try pool.write { database in
            guard let previous = try Self.previous(name, database) else {
                throw RegistryError(.nothingBefore, "'\(name)' has no version that was in production before: promote the one you want")
            }
            try database.execute(
                sql: """
                    DELETE FROM promotions WHERE network = ?1
                    AND place > (SELECT max(place) FROM promotions WHERE network = ?1 AND number = ?2)
                    """, arguments: [name, previous])
            try Self.point(RegisteredModel.production, name, previous, database)
            try database.execute(sql: "DELETE FROM rollouts WHERE network = ?", arguments: [name])
            return previous
        }
    }

    /// The version that a roll back makes the one in production; nil when there is none.
    ///
    /// - Throws: ``RegistryError`` with code `modelNotFound`.
    public func previous(of name: String) throws -> Int? { try pool.read { try Self.previous(name, $0) } }

    private static func previous(_ name: String, _ database: Database) throws -> Int? {
        let production = try required(name, database).aliases[RegisteredModel.production]
        let sql = "SELECT number FROM promotions WHERE network = ? ORDER BY place DESC"
        return try Int.fetchAll(database, sql: sql, arguments: [name]).first { $0 != production }
    }

    /// Begins a trial beside production; one that is under way is replaced.
    ///
    /// - Parameters:
    ///   - reference: the version to try, a number or an alias.
    ///   - name: the network.
    ///   - kind: whether its answers go out.
    ///   - percent: how many of a hundred requests it gets.
    ///   - errorShare: more errors than this end it.
    ///   - least: so many answers are waited for before.
    ///   - newSignature: whether a canary may take and give other tensors than production; a shadow, which nobody sees, always may.
    ///   - now: the time.
    /// - Throws: ``RegistryError``.
    public func tryOut(
        _ reference: String, of name: String, _ kind: Rollout.Kind, percent: Int, errorShare: Double = 0.05, least: Int = 20,
        newSignature: Bool = false, now: Date = Date()
    ) throws {
        try pool.write { database in
            let number = try Self.number(reference, name, database)
            let rollout = Rollout(number: number, kind: kind, percent: percent, errorShare: errorShare, least: least)
            try rollout.check()
            let model = try Self.required(name, database)
            guard model.standard?.number != number else {
                throw RegistryError(.badRollout, "version \(number) of '\(name)' already gets every request: try another one beside it")
            }
            if kind == .canary, !newSignature { try Self.checkSignature(number, model) }
            try database.execute(
                sql: "INSERT OR REPLACE INTO rollouts VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [name, number, kind.rawValue, percent, errorShare, least, now.timeIntervalSince1970])
        }
    }

    /// Ends the trial of a version; nil: whichever there is.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func endTrial(of name: String, number: Int? = nil) throws -> Bool {
        try pool.write { database in
            let sql = "DELETE FROM rollouts WHERE network = ?1 AND number = coalesce(?2, number)"
            try database.execute(sql: sql, arguments: [name, number])
            return database.changesCount > 0
        }
    }
}
