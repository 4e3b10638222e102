public import Foundation
import GRDB
import LaresJSON
import Synchronization

/// The people of this place, in `access.db`. What is changed is in the audit log, or isn't changed.
///
///     let people = People(keys, audit: audit)
///     let anna = try people.add(name: "Anna", role: .resident, language: "de", by: .local)
///     try people.setPIN("4071", of: anna.id, by: .local)
///     let phone = try keys.make(name: "Anna's phone", role: .resident, person: anna.id)
///
/// Changing people needs the owner's role, and their PIN if they have one.
public final class People: Sendable {
    let pool: DatabasePool
    let audit: AuditLog
    let cost: PIN.Cost
    /// PINs are looked at one after another: one hash takes 16 MiB.
    let hashing = Mutex(())

    /// The people of the place whose keys these are.
    public convenience init(_ keys: KeyStore, audit: AuditLog) { self.init(keys, audit: audit, logRounds: PIN.Cost.usual.logRounds) }

    /// The same with PINs that are faster to try, for tests.
    package init(_ keys: KeyStore, audit: AuditLog, logRounds: Int) {
        (pool, self.audit) = (keys.pool, audit)
        cost = PIN.Cost(logRounds: logRounds, times: PIN.Cost.usual.times)
    }

    /// Everybody, in the order of their names.
    public func list() throws -> [Person] {
        try pool.read { try Row.fetchAll($0, sql: "SELECT * FROM people ORDER BY name").map(Person.init) }
    }

    /// A person.
    public func person(_ id: String) throws -> Person? { try pool.read { try Person.fetch(id, $0) } }

    /// Adds a person.
    ///
    /// - Parameters:
    ///   - name: 1…64 visible characters; nobody else's.
    ///   - role: What they are; not ``Role/agent``.
    ///   - language: The language they read, as a BCP 47 tag.
    ///   - principal: Who adds them.
    ///   - assurance: The PIN of who adds them, if they have one.
    ///   - now: The time.
    /// - Throws: ``AccessError``: `badName`, `nameTaken`, `badRole`, `notAllowed`, those of a PIN.
    public func add(
        name: String, role: Role, language: String = "en", by principal: Principal, _ assurance: Assurance = .none, now: Date = Date()
    ) throws -> Person {
        try check(name, role, language)
        try requireOwner(principal, assurance, now)
        let id = hexadecimal(withUnsafeBytes(of: UInt32.random(in: .min ... .max)) { Array($0) })
        try pool.write { database in
            try requireFree(name, for: id, database)
            try database.execute(
                sql: "INSERT INTO people (id, name, role, language, created) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, name, role.rawValue, language, now.timeIntervalSince1970])
            try audit.append(.personAdded, subject: name, by: principal, detail: ["role": .string(role.rawValue)], now: now)
        }
        // As it is kept, which is a little less exact.
        let created = Date(timeIntervalSince1970: now.timeIntervalSince1970)
        return Person(id: id, name: name, role: role, language: language, hasPIN: false, created: created)
    }

    /// Changes a person's name, role or language; nil leaves it. Their keys are theirs with the new role.
    ///
    /// - Throws: As ``add(name:role:language:by:_:now:)``; `noSuchPerson`.
    @discardableResult
    public func change(
        _ id: String, name: String? = nil, role: Role? = nil, language: String? = nil, by principal: Principal,
        _ assurance: Assurance = .none, now: Date = Date()
    ) throws -> Person {
        try requireOwner(principal, assurance, now)
        return try pool.write { database in
            guard let old = try Person.fetch(id, database) else { throw AccessError.noSuchPerson(id) }
            let new = Person(
                id: id, name: name ?? old.name, role: role ?? old.role, language: language ?? old.language, hasPIN: old.hasPIN,
                created: old.created)
            try check(new.name, new.role, new.language)
            try requireFree(new.name, for: id, database)
            try database.execute(
                sql: "UPDATE people SET name = ?, role = ?, language = ? WHERE id = ?",
                arguments: [new.name, new.role.rawValue, new.language, id])
            try audit.append(.personChanged, subject: new.name, by: principal, detail: ["role": .string(new.role.rawValue)], now: now)
            return new
        }
    }

    /// Removes a person, and revokes their keys for good.
    ///
    /// - Throws: ``AccessError``: `noSuchPerson`, `notAllowed`, those of a PIN.
    public func remove(_ id: String, by principal: Principal, _ assurance: Assurance = .none, now: Date = Date()) throws {
        try requireOwner(principal, assurance, now)
        try pool.write { database in
            guard let person = try Person.fetch(id, database) else { throw AccessError.noSuchPerson(id) }
            try database.execute(
                sql: "UPDATE keys SET revoked = COALESCE(revoked, ?), person = NULL WHERE person = ?",
                arguments: [now.timeIntervalSince1970, id])
            try database.execute(sql: "DELETE FROM people WHERE id = ?", arguments: [id])
            try PINTries.forget(id, database)
            try audit.append(.personRemoved, subject: person.name, by: principal, now: now)
        }
    }

    private func check(_ name: String, _ role: Role, _ language: String) throws(AccessError) {
        guard name.isName else { throw AccessError(.badName, "a person's name has 1 to 64 visible characters") }
        guard role != .agent else { throw AccessError(.badRole, "a person is no agent: make a key with that role") }
        let isTag = language.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 }
        guard isTag, (2...35).contains(language.utf8.count) else {
            throw AccessError(.badName, "a language is a tag such as \"en\" or \"zh-Hans\"")
        }
    }

    private func requireFree(_ name: String, for id: String, _ database: Database) throws {
        let taken = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT * FROM people WHERE name = ? AND id <> ?)", arguments: [name, id])
        guard taken == false else { throw AccessError(.nameTaken, "there is somebody called '\(name)' already") }
    }
}
