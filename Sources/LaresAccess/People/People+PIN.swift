public import Foundation
import GRDB
import LaresJSON
import Synchronization

/// PINs: who has one, whether one is right, and getting one.
extension People {
    /// Whether a principal can be asked for a PIN: their person has one, or, when nobody knows the person, some owner or resident has.
    public func hasPIN(_ principal: Principal) throws -> Bool {
        try pool.read { database in
            if let person = principal.person { return try Person.fetch(person, database)?.hasPIN ?? false }
            return try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT * FROM people WHERE pin IS NOT NULL AND role IN ('owner', 'resident'))") ?? false
        }
    }

    /// Finds out whether a PIN is right.
    ///
    /// - Parameters:
    ///   - pin: What was typed.
    ///   - who: Whose it should be, by the id; nil: of the person of the principal. Another than the person of the principal is wrong.
    ///   - principal: Who typed it.
    ///   - now: The time.
    /// - Returns: The person.
    /// - Throws: ``AccessError``: `wrongPIN`, `tooManyTries` with the seconds to wait.
    func verify(_ pin: String, of who: String? = nil, by principal: Principal, now: Date = Date()) throws -> Person {
        // Who has a person of their own spends their own tries, not those of whom they name.
        let named = principal.person ?? who ?? ""
        let counted = (1...64).contains(named.utf8.count) ? named : "?"
        try countTry(of: counted, principal, now)
        let row = try pool.read { try Row.fetchOne($0, sql: "SELECT * FROM people WHERE id = ?", arguments: [counted]) }
        let kept: String? = who ?? named == named ? row?["pin"] : nil
        // For scrypt, as for HMAC below it, "4071" and "4071\0" are one.
        let text = PIN.isFormed(pin) ? pin : ""
        let isRight = try hashing.withLock { _ in try PIN.matches(text, kept, cost) }
        guard isRight, let row else {
            try audit.append(.pinWrong, subject: "", by: principal, detail: Self.detail(principal), now: now)
            throw AccessError(.wrongPIN, "this PIN isn't right")
        }
        try pool.write { database in
            var tries = try PINTries(of: counted, database)
            tries.forgive()
            try tries.save(of: counted, database)
        }
        return Person(row)
    }

    private func countTry(of who: String, _ principal: Principal, _ now: Date) throws {
        let wait = try pool.write { database in
            var tries = try PINTries(of: who, database)
            let wait = tries.take(at: now)
            try tries.save(of: who, database)
            return wait
        }
        guard let wait else { return }
        try audit.append(.pinLocked, subject: "", by: principal, detail: Self.detail(principal), now: now)
        let seconds = Int(wait.rounded(.up))
        throw AccessError(.tooManyTries, "too many PINs were wrong: try again in \(seconds) s", retryAfter: seconds)
    }

    private static func detail(_ principal: Principal) -> JSON? { principal.keyID.map { ["key": .string($0)] } }

    /// Gives a person a PIN, another one, or none. An owner may for everybody, everybody for themselves; who has one gives it.
    ///
    /// - Parameters:
    ///   - pin: 4…12 digits, none of those that are tried first; nil: none.
    ///   - id: The person.
    ///   - principal: Who does it.
    ///   - assurance: The PIN of who does it, if they have one.
    ///   - now: The time.
    /// - Throws: ``AccessError``: `badPIN`, `noSuchPerson`, `notAllowed`, those of a PIN.
    public func setPIN(
        _ pin: String?, of id: String, by principal: Principal, _ assurance: Assurance = .none, now: Date = Date()
    ) throws {
        if let pin { try PIN.check(pin) }
        if principal.person == id, principal.isPerson {
            try prove(principal, assurance, now: now)
        } else {
            try requireOwner(principal, assurance, now)
        }
        let kept = try pin.map { pin in try hashing.withLock { _ in try PIN.kept(pin, cost) } }
        try pool.write { database in
            guard let person = try Person.fetch(id, database) else { throw AccessError.noSuchPerson(id) }
            try database.execute(sql: "UPDATE people SET pin = ? WHERE id = ?", arguments: [kept, id])
            try PINTries.forget(id, database)
            try audit.append(pin == nil ? .pinRemoved : .pinSet, subject: person.name, by: principal, now: now)
        }
    }

    /// Has a principal show that they are who they are, for changes of keys, people and policy: by their PIN, if their person has one, or
    /// an owner's, if nobody knows the person and some owner has one. Whoever is at this machine without a key needs none: they could
    /// change the files.
    ///
    /// - Throws: ``AccessError``: `needsPIN`, those of a PIN.
    public func prove(_ principal: Principal, _ assurance: Assurance, now: Date = Date()) throws {
        guard principal != .local, try isProvable(principal) else { return }
        guard case .pin(let pin, let who) = assurance else {
            throw AccessError(.needsPIN, "this needs the PIN of who does it")
        }
        let person = try verify(pin, of: who, by: principal, now: now)
        guard principal.person != nil || person.role == .owner else {
            throw AccessError(.notAllowed, "this needs the PIN of an owner")
        }
    }

    private func isProvable(_ principal: Principal) throws -> Bool {
        try pool.read { database in
            if let person = principal.person { return try Person.fetch(person, database)?.hasPIN ?? false }
            return try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT * FROM people WHERE pin IS NOT NULL AND role = 'owner')")
                ?? false
        }
    }

    /// Lets owners through who show that they are.
    func requireOwner(_ principal: Principal, _ assurance: Assurance, _ now: Date) throws {
        guard principal.mayAdminister else {
            throw AccessError(.notAllowed, "'\(principal.name)' may not change people and policy: an owner may")
        }
        try prove(principal, assurance, now: now)
    }
}
