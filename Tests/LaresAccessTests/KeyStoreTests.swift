import Foundation
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

    @Test(arguments: ["", " phone", "phone ", "a\nb", String(repeating: "a", count: 65)])
    func aBadNameIsRefused(name: String) throws {
        try withHome { home in
            let error = #expect(throws: AccessError.self) { try KeyStore(home: home).make(name: name) }
            #expect(error?.code == .badName)
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
