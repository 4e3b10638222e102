public import Foundation
import GRDB

/// Someone of the home.
public struct Person: Sendable, Hashable {
    /// Eight hexadecimal digits; stays when the name changes.
    public let id: String
    /// What they are called.
    public let name: String
    /// What they are in the home.
    public let role: Role
    /// The language they read, as a BCP 47 tag: "en", "zh".
    public let language: String
    /// Whether they have a PIN.
    public let hasPIN: Bool
    /// When they were added.
    public let created: Date
}

extension Person {
    init(_ row: Row) {
        self.init(
            id: row["id"], name: row["name"], role: Role(stored: row["role"]), language: row["language"], hasPIN: row["pin"] != nil,
            created: Date(timeIntervalSince1970: row["created"]))
    }

    static func fetch(_ id: String, _ database: Database) throws -> Person? {
        try Row.fetchOne(database, sql: "SELECT * FROM people WHERE id = ?", arguments: [id]).map(Person.init)
    }
}

extension AccessError {
    static func noSuchPerson(_ id: String) -> AccessError {
        AccessError(.noSuchPerson, "there is no person '\(id.prefix(64).description.withNothingUnseen)'")
    }
}
