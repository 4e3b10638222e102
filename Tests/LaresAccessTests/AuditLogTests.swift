import Foundation
import GRDB
import LaresAccess
import LaresJSON
import LaresStore
import Testing

@Suite struct AuditLogTests {
    @Test func theLogTellsWhoDidWhat() throws {
        try withHome { home in
            let log = try AuditLog(home: home)
            let time = Date(timeIntervalSince1970: 5)
            try log.append(.keyMade, subject: "phone", by: .local, now: time)
            try log.append(.modelRemoved, subject: "smollm2", by: Principal(name: "phone", keyID: "1"), now: time)
            let entries = try log.entries(limit: 10)
            #expect(entries.map(\.act) == [.modelRemoved, .keyMade])
            #expect(entries.map(\.actor) == ["phone", "local"])
            #expect(entries.map(\.number) == [2, 1])
        }
    }

    @Test func theLogIsReadInPagesAndBySomebodyOrSomething() throws {
        try withHome { home in
            let log = try AuditLog(home: home)
            #expect(try log.entries() == [] && log.acts() == [] && log.actors() == [])
            for number in 1...10 {
                let actor = Principal(name: number % 2 == 0 ? "anna" : "phone", keyID: nil)
                try log.append(number > 7 ? .deedRefused : .thingSet, subject: "\(number)", by: actor)
            }
            let page = try log.entries(limit: 3)
            #expect(page.map(\.number) == [10, 9, 8])
            #expect(try log.entries(limit: 3, before: 8).map(\.number) == [7, 6, 5])
            #expect(try log.entries(by: "anna", act: .thingSet).map(\.number) == [6, 4, 2])
            #expect(try log.entries(limit: 2, before: 5, by: "phone").map(\.number) == [3, 1])
            #expect(try log.entries(by: "an'na").isEmpty && log.entries(limit: 0).isEmpty)
            #expect(try log.acts() == [.deedRefused, .thingSet])
            #expect(try log.actors() == ["anna", "phone"] && log.actors(limit: 1) == ["anna"])
        }
    }

    @Test func aDeedsLineSaysHowItCameAbout() throws {
        try withHome { home in
            let log = try AuditLog(home: home)
            try log.append(.thingSet, subject: "hall/lamp", by: .local, detail: ["path": "api", "cause": "rule:night"])
            try log.append(.keyMade, subject: "phone", by: .local)
            #expect(try log.entries().map(\.detail) == [nil, ["path": "api", "cause": "rule:night"]])
        }
    }

    @Test func theLogOfTheLastReleaseOpens() throws {
        try withHome { home in
            let database = try DatabaseQueue(path: home.file("audit.db"))
            try database.write {
                try $0.execute(
                    sql: """
                        CREATE TABLE acts (number INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
                            subject TEXT NOT NULL) STRICT;
                        CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
                        CREATE TRIGGER acts_are_final BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
                        INSERT INTO acts (time, actor, act, subject) VALUES (5, 'local', 'key.made', 'phone');
                        PRAGMA user_version = 1;
                        """)
            }
            let log = try AuditLog(home: home)
            #expect(try log.entries().map(\.act) == [.keyMade] && log.entries().map(\.detail) == [nil])
            #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: "UPDATE acts SET detail = ''") } }
        }
    }

    @Test(arguments: ["DELETE FROM acts", "UPDATE acts SET actor = 'nobody'", "UPDATE acts SET detail = '{}'"])
    func theLogOnlyGrows(sql: String) throws {
        try withHome { home in
            let log = try AuditLog(home: home)
            try log.append(.keyMade, subject: "phone", by: .local)
            let database = try DatabaseQueue(path: home.file("audit.db"))
            #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: sql) } }
            #expect(try log.entries().count == 1)
        }
    }
}
