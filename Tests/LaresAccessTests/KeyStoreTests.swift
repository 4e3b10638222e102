import Foundation
import GRDB
import LaresAccess
import LaresStore
import Testing

@Suite struct KeyStoreTests {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    @Test func aSecretFindsItsHolder() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let new = try keys.make(name: "phone", now: start)
            #expect(new.secret.hasPrefix("lares_") && new.secret.utf8.count == 70)
            #expect(try keys.principal(forSecret: new.secret, now: start) == Principal(name: "phone", keyID: new.key.id))
            #expect(try keys.list().map(\.lastUsed) == [start])
            #expect(try keys.make(name: "tablet", now: start).secret != new.secret)
        }
    }

    @Test(arguments: ["", "lares_", "lares_" + String(repeating: "0", count: 64), "Lares_" + String(repeating: "0", count: 64), "ключ"])
    func anUnknownSecretFindsNobody(secret: String) throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            _ = try keys.make(name: "phone", now: start)
            #expect(try keys.principal(forSecret: secret, now: start) == nil)
        }
    }

    @Test func theSecretIsNotOnTheDisk() throws {
        try withHome { home in
            let secret = try KeyStore(home: home).make(name: "phone", now: start).secret
            let digits = Data(secret.dropFirst(6).utf8)
            for file in try FileManager.default.contentsOfDirectory(atPath: home.path) {
                let bytes = try Data(contentsOf: URL(filePath: home.file(file)))
                #expect(bytes.range(of: digits) == nil, "\(file)")
                #expect(try FileManager.default.attributesOfItem(atPath: home.file(file))[.posixPermissions] as? Int == 0o600, "\(file)")
            }
        }
    }

    @Test func aRevokedKeyOpensNothingAndItsNameIsFree() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let new = try keys.make(name: "phone", now: start)
            // Another process revokes it.
            try KeyStore(home: home).revoke("phone", now: start)
            #expect(try keys.principal(forSecret: new.secret, now: start) == nil)
            #expect(try !keys.hasUsableKeys(now: start))
            #expect(throws: AccessError.self) { try keys.revoke("phone", now: start) }
            let again = try keys.make(name: "phone", now: start)
            #expect(try keys.revoke(again.key.id, now: start).revoked == start)
        }
    }

    @Test func aKeyEndsWhenItSaid() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let end = start + 60
            let secret = try keys.make(name: "guest", expires: end, now: start).secret
            #expect(try keys.principal(forSecret: secret, now: end - 1) != nil)
            #expect(try keys.principal(forSecret: secret, now: end) == nil)
            #expect(throws: AccessError.self) { try keys.make(name: "late", expires: start, now: start) }
        }
    }

    @Test(arguments: [
        "", " phone", "phone ", "a\nb", "pho\u{202E}ne", "pho\u{200B}ne", "a\u{2028}b", "local", "Anonymous",
        String(repeating: "a", count: 65),
    ])
    func aBadNameIsRefused(name: String) throws {
        try withHome { home in
            let error = #expect(throws: AccessError.self) { try KeyStore(home: home).make(name: name) }
            #expect(error?.code == .badName)
        }
    }

    @Test func onlyAKeyMadeForItAdministers() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let plain = try keys.make(name: "phone", now: start)
            let admin = try keys.make(name: "owner", admin: true, now: start)
            #expect(try keys.principal(forSecret: plain.secret, now: start)?.mayAdminister == false)
            #expect(try keys.principal(forSecret: admin.secret, now: start)?.mayAdminister == true)
            #expect(try keys.list().filter(\.mayAdminister).map(\.name) == ["owner"])
        }
    }

    @Test func aKeyFromBeforeThereWereRolesMayOnlyUse() throws {
        try withHome { home in
            do {
                let database = try DatabaseQueue(path: home.file("access.db"))
                try database.write { try $0.execute(sql: Self.firstVersion) }
            }
            let keys = try KeyStore(home: home)
            #expect(try keys.list().map(\.mayAdminister) == [false])
            #expect(try keys.make(name: "owner", admin: true).key.mayAdminister)
        }
    }

    private static let firstVersion = """
        CREATE TABLE keys (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            created REAL NOT NULL, last_used REAL, expires REAL, revoked REAL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX usable_names ON keys (name) WHERE revoked IS NULL;
        INSERT INTO keys (id, name, hash, created) VALUES ('1', 'old', zeroblob(32), 5);
        PRAGMA user_version = 1;
        """

    @Test func aDiskThatTakesNothingKeepsNobodyOut() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            let secret = try keys.make(name: "phone", now: start).secret
            let database = try DatabaseQueue(path: home.file("access.db"))
            try database.write {
                try $0.execute(sql: "CREATE TRIGGER full BEFORE UPDATE ON keys BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
            }
            #expect(try keys.principal(forSecret: secret, now: start)?.name == "phone")
            try database.write { try $0.execute(sql: "DROP TRIGGER full") }
            // It is tried once a minute, however many requests there are.
            _ = try keys.principal(forSecret: secret, now: start + 59)
            #expect(try keys.list().map(\.lastUsed) == [nil])
            _ = try keys.principal(forSecret: secret, now: start + 60)
            #expect(try keys.list().map(\.lastUsed) == [start + 60])
        }
    }

    @Test func twoUsableKeysNeverShareAName() throws {
        try withHome { home in
            let keys = try KeyStore(home: home)
            _ = try keys.make(name: "phone")
            #expect(throws: AccessError.self) { try keys.make(name: "phone") }
        }
    }
}
