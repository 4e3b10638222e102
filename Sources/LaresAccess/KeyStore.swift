public import Foundation
import GRDB
public import LaresStore

/// The keys of this place, in `access.db`.
///
/// Every look-up reads the database, so that a key revoked by another process stops working at once.
public final class KeyStore: Sendable {
    private let pool: DatabasePool

    /// Opens the keys of a data directory.
    ///
    /// - Throws: `StoreError`.
    public init(home: LaresHome) throws {
        pool = try Self.schema.open(at: home.file("access.db"))
    }

    private static let schema = StoreSchema(
        name: "access",
        steps: [
            {
                try $0.execute(
                    sql: """
                        CREATE TABLE keys (
                            id TEXT NOT NULL PRIMARY KEY,
                            name TEXT NOT NULL,
                            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
                            created REAL NOT NULL,
                            last_used REAL,
                            expires REAL,
                            revoked REAL
                        ) STRICT, WITHOUT ROWID;
                        CREATE UNIQUE INDEX usable_names ON keys (name) WHERE revoked IS NULL;
                        """)
            }
        ])

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - name: 1…64 visible characters, not the name of another usable key.
    ///   - expires: when it stops working; nil means never.
    ///   - now: the time.
    /// - Throws: ``AccessError`` for a bad name or end.
    public func make(name: String, expires: Date? = nil, now: Date = Date()) throws -> NewKey {
        guard (1...64).contains(name.count), name.utf8.count <= 256,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            name.first?.isWhitespace == false, name.last?.isWhitespace == false
        else { throw AccessError(.badName, "a key's name has 1 to 64 visible characters") }
        if let expires, expires <= now { throw AccessError(.badExpiry, "the key would have ended at \(expires.formatted(.iso8601))") }
        let secret = KeySecret.random()
        let id = hexadecimal(withUnsafeBytes(of: UInt32.random(in: .min ... .max)) { Array($0) })
        try pool.write { database in
            guard try fetch(database, "revoked IS NULL AND name = ?", [name]).isEmpty else {
                throw AccessError(.nameTaken, "there is a key named '\(name)' already; revoke it first or choose another name")
            }
            try database.execute(
                sql: "INSERT INTO keys (id, name, hash, created, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, name, KeySecret.hash(of: secret.text), now.timeIntervalSince1970, expires?.timeIntervalSince1970])
        }
        return NewKey(key: APIKey(id: id, name: name, created: now, lastUsed: nil, expires: expires, revoked: nil), secret: secret.text)
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
                id: key.id, name: key.name, created: key.created, lastUsed: key.lastUsed, expires: key.expires, revoked: now)
        }
    }

    /// The holder of a secret, or nil when it is unknown, revoked or past its end.
    public func principal(forSecret secret: String, now: Date = Date()) throws -> Principal? {
        // The index is asked for a hash, so its timing tells nothing about a secret; the bytes are compared in constant time all the same.
        guard let hash = KeySecret.hash(of: secret),
            let row = try pool.read({ try Row.fetchOne($0, sql: "SELECT * FROM keys WHERE hash = ?", arguments: [hash]) }),
            isEqualInConstantTime(row["hash"], hash)
        else { return nil }
        let key = APIKey(row)
        guard key.isUsable(at: now) else { return nil }
        if key.lastUsed.map({ now.timeIntervalSince($0) >= 60 }) ?? true { try noteUse(of: key.id, now) }
        return Principal(name: key.name, keyID: key.id)
    }

    private func noteUse(of id: String, _ now: Date) throws {
        try pool.write { try $0.execute(sql: "UPDATE keys SET last_used = ? WHERE id = ?", arguments: [now.timeIntervalSince1970, id]) }
    }

    private func fetch(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [APIKey] {
        let order = condition.contains("ORDER BY") ? "" : " ORDER BY created, id"
        return try Row.fetchAll(database, sql: "SELECT * FROM keys WHERE \(condition)\(order)", arguments: arguments).map(APIKey.init)
    }
}

extension APIKey {
    fileprivate init(_ row: Row) {
        func date(_ column: String) -> Date? { (row[column] as Double?).map(Date.init(timeIntervalSince1970:)) }
        self.init(
            id: row["id"], name: row["name"], created: Date(timeIntervalSince1970: row["created"]), lastUsed: date("last_used"),
            expires: date("expires"), revoked: date("revoked"))
    }
}
