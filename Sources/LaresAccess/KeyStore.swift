public import Foundation
import GRDB
public import LaresStore
import Synchronization

/// The keys of this place, in `access.db`.
///
/// Every look-up reads the database, so that a key revoked by another process stops working at once.
public final class KeyStore: Sendable {
    let pool: DatabasePool
    /// When each key's use was last written down, or tried to be.
    private let noted = Mutex<[String: Date]>([:])

    /// Opens the keys of a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws {
        pool = try AccessSchema.schema.open(at: home.file("access.db"))
    }

    /// Makes a key for nobody in particular.
    ///
    /// - Parameters:
    ///   - name: 1…64 visible characters, not the name of another usable key, and not "local" or "anonymous".
    ///   - admin: whether its role is ``Role/owner``; otherwise it is ``Role/viewer``.
    ///   - expires: when it stops working; nil means never.
    ///   - now: the time.
    /// - Throws: ``AccessError`` for a bad name or end.
    public func make(name: String, admin: Bool = false, expires: Date? = nil, now: Date = Date()) throws -> NewKey {
        try make(name: name, role: admin ? .owner : .viewer, expires: expires, now: now)
    }

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - name: as above.
    ///   - role: what its holder may do at most.
    ///   - person: whose it is, by their id: its holder then may do what both roles may.
    ///   - expires: when it stops working; nil means never.
    ///   - now: the time.
    /// - Throws: ``AccessError`` for a bad name, end or person.
    public func make(name: String, role: Role, person: String? = nil, expires: Date? = nil, now: Date = Date()) throws -> NewKey {
        try Self.check(name: name)
        if let expires, expires <= now { throw AccessError(.badExpiry, "the key would have ended at \(expires.formatted(.iso8601))") }
        let secret = KeySecret.random()
        let id = hexadecimal(withUnsafeBytes(of: UInt32.random(in: .min ... .max)) { Array($0) })
        try pool.write { database in
            guard try fetch(database, "revoked IS NULL AND name = ?", [name]).isEmpty else {
                throw AccessError(.nameTaken, "there is a key named '\(name)' already; revoke it first or choose another name")
            }
            if let person, try Person.fetch(person, database) == nil { throw AccessError.noSuchPerson(person) }
            try database.execute(
                sql: "INSERT INTO keys (id, name, role, person, hash, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, name, role.rawValue, person, KeySecret.hash(of: secret.text), now.timeIntervalSince1970,
                    expires?.timeIntervalSince1970,
                ])
        }
        let key = APIKey(
            id: id, name: name, role: role, person: person, created: now, lastUsed: nil, expires: expires, revoked: nil)
        return NewKey(key: key, secret: secret.text)
    }

    /// Refuses what could pass for another name on a page or in a log: characters nobody sees, and the names of callers without a key.
    private static func check(name: String) throws {
        guard name.isName else {
            throw AccessError(
                .badName, "a key's name has 1 to 64 visible characters, and none that is invisible or turns the direction of the text")
        }
        guard !["local", "anonymous"].contains(name.lowercased()), !name.lowercased().hasPrefix("rule:") else {
            throw AccessError(.badName, "'\(name)' stands for callers without a key: choose another name")
        }
    }

    /// Every key ever made, oldest first.
    public func list() throws -> [APIKey] {
        try pool.read { try fetch($0, "TRUE", []) }
    }

    /// Whether any key works at that time.
    public func hasUsableKeys(now: Date = Date()) throws -> Bool {
        try list().contains { $0.isUsable(at: now) }
    }

    /// Ends a key for good.
    ///
    /// - Throws: ``AccessError`` when no usable key has this name or id.
    @discardableResult
    public func revoke(_ nameOrID: String, now: Date = Date()) throws -> APIKey {
        try pool.write { database in
            guard let key = try fetch(database, "revoked IS NULL AND (id = ?1 OR name = ?1) ORDER BY id = ?1 DESC", [nameOrID]).first else {
                throw AccessError(.noSuchKey, "there is no usable key '\(nameOrID)'; `lares keys list` shows them")
            }
            try database.execute(sql: "UPDATE keys SET revoked = ? WHERE id = ?", arguments: [now.timeIntervalSince1970, key.id])
            return APIKey(
                id: key.id, name: key.name, role: key.role, person: key.person, created: key.created, lastUsed: key.lastUsed,
                expires: key.expires, revoked: now)
        }
    }

    /// The holder of a secret, or nil when it is unknown, revoked or past its end.
    public func principal(forSecret secret: String, now: Date = Date()) throws -> Principal? {
        // The index is asked for a hash, so its timing tells nothing about a secret; the bytes are compared in constant time all the same.
        guard let hash = KeySecret.hash(of: secret),
            let row = try pool.read({ try Row.fetchOne($0, sql: "\(Self.withPerson) WHERE hash = ?", arguments: [hash]) }),
            isEqualInConstantTime(row["hash"], hash)
        else { return nil }
        let key = APIKey(row)
        guard key.isUsable(at: now) else { return nil }
        noteUse(of: key, now)
        return Principal(key, row)
    }

    /// The holder of a key as they are now, or nil when it is unknown, revoked or past its end.
    public func principal(keyID: String, now: Date = Date()) throws -> Principal? {
        guard let row = try pool.read({ try Row.fetchOne($0, sql: "\(Self.withPerson) WHERE keys.id = ?", arguments: [keyID]) }) else {
            return nil
        }
        let key = APIKey(row)
        return key.isUsable(at: now) ? Principal(key, row) : nil
    }

    private static let withPerson = "SELECT keys.*, people.role AS person_role FROM keys LEFT JOIN people ON people.id = keys.person"

    /// Writes down that a key was used, once a minute at most. A disk that is full keeps nobody out: the note is lost, the key opens.
    private func noteUse(of key: APIKey, _ now: Date) {
        let isDue = noted.withLock { noted in
            guard now.timeIntervalSince(noted[key.id] ?? key.lastUsed ?? .distantPast) >= 60 else { return false }
            noted[key.id] = now
            return true
        }
        guard isDue else { return }
        try? pool.write {
            try $0.execute(sql: "UPDATE keys SET last_used = ? WHERE id = ?", arguments: [now.timeIntervalSince1970, key.id])
        }
    }

    private func fetch(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [APIKey] {
        let order = condition.contains("ORDER BY") ? "" : " ORDER BY created, id"
        return try Row.fetchAll(database, sql: "SELECT * FROM keys WHERE \(condition)\(order)", arguments: arguments).map(APIKey.init)
    }
}

extension Principal {
    fileprivate init(_ key: APIKey, _ row: Row) {
        let roles: Set = key.person == nil ? [key.role] : [key.role, Role(stored: row["person_role"] ?? "")]
        self.init(name: key.name, keyID: key.id, roles: roles, person: key.person)
    }
}

extension APIKey {
    fileprivate init(_ row: Row) {
        func date(_ column: String) -> Date? { (row[column] as Double?).map(Date.init(timeIntervalSince1970:)) }
        self.init(
            id: row["id"], name: row["name"], role: Role(stored: row["role"]), person: row["person"],
            created: Date(timeIntervalSince1970: row["created"]), lastUsed: date("last_used"), expires: date("expires"),
            revoked: date("revoked"))
    }
}
