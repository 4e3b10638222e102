package import GRDB
package import LaresJSON

/// What is asked of whom before something dangerous is done, and who sees what: one item, taken or left as it stands.
///
/// Its owner is another module, which this one doesn't know: it says how the policy is read, checked and set.
package struct PolicySection: MovingSection {
    /// The policy that somebody set; nil: nobody did.
    package typealias Current = @Sendable (Database) throws -> JSON?
    /// A policy as it would be kept, with things called as the names say; throws what is wrong with it.
    package typealias Checked = @Sendable (JSON, _ names: [String: String]) throws -> JSON
    /// Sets it.
    package typealias Put = @Sendable (JSON, Database) throws -> Void

    package let database: any DatabaseWriter
    private let current: Current
    private let checked: Checked
    private let put: Put
    package static let name = "policy"
    private static let key = "home"

    /// A policy that is kept in a database.
    package init(_ database: any DatabaseWriter, current: @escaping Current, checked: @escaping Checked, put: @escaping Put) {
        (self.database, self.current, self.checked, self.put) = (database, current, checked, put)
    }

    package var name: String { Self.name }
    package var limit: Int { 1 }
    package var isWhole: Bool { true }

    package func items(in database: Database) throws -> [MovingItem] {
        try current(database).map { [MovingItem(Self.key, $0)] } ?? []
    }

    package func read(_ json: JSON) throws -> MovingItem { MovingItem(Self.key, try checked(json, [:])) }

    package func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let names = context.renamed
        return compare(theirs.map { MovingItem($0.key, (try? checked($0.json, names)) ?? $0.json) }, mine, context)
    }

    package func write(_ changes: [MovingChange], in database: Database) throws {
        for change in changes { if let outcome = change.outcome { try put(outcome, database) } }
    }
}
