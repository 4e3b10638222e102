import Foundation
import GRDB
import LaresAccess
import LaresStore
import Testing

@Suite struct PeopleTests {
    @Test func aKeyOfAPersonMayWhatBothMay() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .resident)
            #expect(phone.roles == [.resident] && phone.person == anna.id)
            let admin = try access.key("Anna's laptop", .owner, person: anna.id)
            #expect(admin.roles == [.owner, .resident] && !admin.mayAdminister)
            try access.people.change(anna.id, role: .owner, by: .local)
            #expect(try access.keys.principal(keyID: admin.keyID ?? "")?.mayAdminister == true)
            #expect(try access.keys.principal(keyID: phone.keyID ?? "")?.mayAdminister == false)
        }
    }

    @Test func whoIsRemovedHasNoKeysAnyMore() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .owner)
            try access.people.remove(anna.id, by: .local)
            #expect(try access.keys.principal(keyID: phone.keyID ?? "") == nil)
            #expect(try access.people.list().isEmpty)
            #expect(throws: AccessError.self) { try access.keys.make(name: "again", role: .owner, person: anna.id) }
            #expect(try access.acts().prefix(2) == [.personRemoved, .personAdded])
        }
    }

    @Test(arguments: [("", "en"), (" Anna", "en"), ("An\u{202E}na", "en"), ("Anna", "e"), ("Anna", "en;q=1")])
    func aBadNameOrLanguageIsRefused(name: String, language: String) throws {
        try withAccess { access in
            let error = #expect(throws: AccessError.self) {
                try access.people.add(name: name, role: .guest, language: language, by: .local)
            }
            #expect(error?.code == .badName)
        }
    }

    @Test func twoPeopleNeverShareAName() throws {
        try withAccess { access in
            _ = try access.person("Anna", .guest)
            let ben = try access.person("Ben", .guest).person
            #expect(throws: AccessError.self) { try access.people.add(name: "Anna", role: .guest, by: .local) }
            #expect(throws: AccessError.self) { try access.people.change(ben.id, name: "Anna", by: .local) }
            #expect(throws: AccessError.self) { try access.people.add(name: "Bot", role: .agent, by: .local) }
        }
    }

    @Test(arguments: Role.allCases.filter { $0 != .owner })
    func onlyOwnersChangePeopleAndPolicy(role: Role) throws {
        try withAccess { access in
            let ben = try access.person("Ben", .guest).person
            let caller = try access.key("caller", role)
            let changes: [() throws -> Void] = [
                { _ = try access.people.add(name: "Eve", role: .owner, by: caller) },
                { try access.people.change(ben.id, role: .owner, by: caller) },
                { try access.people.remove(ben.id, by: caller) },
                { try access.people.setPIN("4071", of: ben.id, by: caller) },
                { try access.guardian.policies.set(HomePolicy(), by: caller) },
            ]
            for change in changes {
                let error = #expect(throws: AccessError.self) { try change() }
                #expect(error?.code == .notAllowed)
            }
        }
    }

    @Test func changesNeedThePINOfWhoMakesThem() throws {
        try withAccess { access in
            let (anna, phone) = try access.person("Anna", .owner, pin: "4071")
            // Nor does an owner's key without a person get past it.
            let spare = try access.key("spare", .owner)
            for caller in [phone, spare] {
                let error = #expect(throws: AccessError.self) { try access.people.setPIN(nil, of: anna.id, by: caller) }
                #expect(error?.code == .needsPIN)
            }
            let wrong = #expect(throws: AccessError.self) { try access.people.setPIN("5093", of: anna.id, by: phone, .pin("1111")) }
            #expect(wrong?.code == .wrongPIN)
            try access.people.setPIN("5093", of: anna.id, by: phone, .pin("4071"))
            _ = try access.people.add(name: "Ben", role: .guest, by: spare, .pin("5093", of: anna.id))
            // Who is at the machine could change the files: a forgotten PIN is taken away there.
            try access.people.setPIN(nil, of: anna.id, by: .local)
            #expect(try access.people.person(anna.id)?.hasPIN == false)
        }
    }

    @Test func aChangeThatCantBeLoggedIsNotMade() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .guest).person
            let log = try DatabaseQueue(path: access.home.file("audit.db"))
            try log.write { try $0.execute(sql: "CREATE TRIGGER full BEFORE INSERT ON acts BEGIN SELECT RAISE(ABORT, 'full'); END") }
            #expect(throws: DatabaseError.self) { try access.people.change(anna.id, role: .owner, by: .local) }
            #expect(throws: DatabaseError.self) { try access.people.add(name: "Ben", role: .owner, by: .local) }
            #expect(throws: DatabaseError.self) { try access.guardian.policies.set(HomePolicy(), by: .local) }
            #expect(throws: DatabaseError.self) { try access.guardian.judge(.unlocking(by: .local), .confirmed) }
            #expect(try access.people.list() == [anna])
        }
    }

    @Test func theDatabaseOfTheLastReleaseOpens() throws {
        try withHome { home in
            do {
                let database = try DatabaseQueue(path: home.file("access.db"))
                try database.write { try $0.execute(sql: Self.secondVersion) }
            }
            let keys = try KeyStore(home: home).list()
            #expect(keys.map(\.role) == [.owner, .viewer])
            #expect(keys.map(\.mayAdminister) == [true, false])
        }
    }

    private static let secondVersion = """
        CREATE TABLE keys (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            created REAL NOT NULL, last_used REAL, expires REAL, revoked REAL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX usable_names ON keys (name) WHERE revoked IS NULL;
        ALTER TABLE keys ADD COLUMN role TEXT NOT NULL DEFAULT 'use';
        INSERT INTO keys (id, name, role, hash, created) VALUES ('1', 'old', 'admin', zeroblob(32), 5);
        INSERT INTO keys (id, name, hash, created) VALUES ('2', 'older', randomblob(32), 6);
        PRAGMA user_version = 2;
        """

    @Test func twoWhoChangeThePolicyDontUndoEachOther() throws {
        try withAccess { access in
            let (first, second) = (access.guardian.policies, try access.reopened().guardian.policies)
            let revision = try first.current().revision
            var policy = HomePolicy()
            policy.confirmationSeconds = 30
            try first.set(policy, replacing: revision, by: .local)
            let error = #expect(throws: AccessError.self) { try second.set(HomePolicy(), replacing: revision, by: .local) }
            #expect(error?.code == .policyChanged)
            #expect(try second.current().policy == policy)
            #expect(try access.acts() == [.policySet])
        }
    }

    @Test func withAPolicyThatCantBeReadNothingIsDecided() throws {
        try withAccess { access in
            let database = try DatabaseQueue(path: access.home.file("access.db"))
            try database.write { try $0.execute(sql: "INSERT INTO policies (time, actor, text) VALUES (1, 'later', '{\"version\": 2}')") }
            let error = #expect(throws: AccessError.self) { try access.guardian.judge(.lighting(by: .local)) }
            #expect(error?.code == .badPolicy)
        }
    }
}
