import Foundation
import GRDB
import LaresAccess
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

    @Test(arguments: ["DELETE FROM acts", "UPDATE acts SET actor = 'nobody'"])
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
