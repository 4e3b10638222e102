import Foundation
import GRDB
import LaresStore
import Testing

@Suite struct StoreTests {
    private static let first: @Sendable (Database) throws -> Void = { try $0.execute(sql: "CREATE TABLE a (x INTEGER NOT NULL) STRICT") }
    private static let second: @Sendable (Database) throws -> Void = { try $0.execute(sql: "ALTER TABLE a ADD COLUMN y TEXT") }

    @Test func theDataDirectoryIsForItsOwnerAlone() throws {
        try withHome { home in
            let attributes = try FileManager.default.attributesOfItem(atPath: home.path)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test(arguments: [
        (["LARES_HOME": "/tmp/lares-a"], "/tmp/lares-a"),
        (["LARES_HOME": "", "XDG_DATA_HOME": "/tmp/lares-b"], "/tmp/lares-b/lares"),
        (["XDG_DATA_HOME": "relative", "HOME": "/tmp/lares-c"], "/tmp/lares-c/.local/share/lares"),
    ])
    func theDataDirectoryFollowsTheEnvironment(environment: [String: String], path: String) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try LaresHome(environment: environment).path == path)
    }

    @Test func stepsAreTakenOnceAndInOrder() throws {
        try withHome { home in
            let path = home.file("test.db")
            _ = try StoreSchema(name: "test", steps: [Self.first]).open(at: path)
            let pool = try StoreSchema(name: "test", steps: [Self.first, Self.second]).open(at: path)
            try pool.write { try $0.execute(sql: "INSERT INTO a VALUES (1, 'b')") }
            #expect(try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
            #expect(try pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
            #expect(try pool.read { try Int.fetchOne($0, sql: "PRAGMA foreign_keys") } == 1)
        }
    }

    @Test func aDatabaseOfANewerLaresIsRefused() throws {
        try withHome { home in
            let path = home.file("test.db")
            _ = try StoreSchema(name: "test", steps: [Self.first, Self.second]).open(at: path)
            let error = #expect(throws: StoreError.self) { try StoreSchema(name: "test", steps: [Self.first]).open(at: path) }
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("version 2") == true)
        }
    }

    @Test func aFailingStepChangesNothing() throws {
        try withHome { home in
            let path = home.file("test.db")
            let broken: @Sendable (Database) throws -> Void = {
                try $0.execute(sql: "CREATE TABLE half (x INTEGER) STRICT")
                try $0.execute(sql: "CREATE TABLE half (x INTEGER) STRICT")
            }
            let error = #expect(throws: StoreError.self) { try StoreSchema(name: "test", steps: [Self.first, broken]).open(at: path) }
            #expect(error?.code == .migrationFailed)
            let pool = try StoreSchema(name: "test", steps: [Self.first]).open(at: path)
            #expect(try pool.read { try $0.tableExists("half") } == false)
        }
    }

    @Test func aFileThatIsNoDatabaseIsNamed() throws {
        try withHome { home in
            let path = home.file("test.db")
            try Data(repeating: 65, count: 4_096).write(to: URL(filePath: path))
            let error = #expect(throws: StoreError.self) { try StoreSchema(name: "test", steps: [Self.first]).open(at: path) }
            #expect(error?.message.contains(path) == true)
        }
    }
}
