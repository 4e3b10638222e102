package import GRDB
package import LaresJSON

/// A part of a home that can move. Its owner writes and reads it; what is common (comparing, policies, transactions) is ``HomeTransfer``'s.
///
/// Its value in a file is a list of items, unless it says otherwise. Items have keys that are the same here and there.
package protocol MovingSection: Sendable {
    /// What the file calls it.
    var name: String { get }
    /// Where its items are kept.
    var database: any DatabaseWriter { get }
    /// How many items there may be.
    var limit: Int { get }
    /// Whether items are taken or left as a whole; else what both say is put together.
    var isWhole: Bool { get }

    /// The items that are here, in a lasting order, so that the same home is the same text.
    func items(in database: Database) throws -> [MovingItem]
    /// Reads one item of a file strictly, and gives it as ``items(in:)`` would.
    ///
    /// - Throws: An error whose description says what is wrong with it.
    func read(_ json: JSON) throws -> MovingItem
    /// What becomes of a file's items.
    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange]
    /// Puts in place what changes come to, in a transaction.
    func write(_ changes: [MovingChange], in database: Database) throws
    /// Tells the running home; called when the transaction is over.
    func adopt(_ changes: [MovingChange]) async throws
}

/// An item of a section, and what it is known by.
package struct MovingItem: Sendable, Hashable {
    /// What it is known by.
    package var key: String
    /// What it says.
    package var json: JSON

    /// An item.
    package init(_ key: String, _ json: JSON) { (self.key, self.json) = (key, json) }
}

/// What the sections of one import know of those in front of them.
package struct MovingContext: Sendable {
    /// What the person wants.
    package let policy: MovingPolicy
    /// The areas that will be here.
    package var areas: Set<String> = []
    /// Things that have another name here than in the file.
    package var renamed: [String: String] = [:]

    package init(_ policy: MovingPolicy) { self.policy = policy }
}

extension MovingSection {
    package var limit: Int { 10_000 }
    package var isWhole: Bool { false }

    package func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        compare(theirs, mine, context)
    }

    /// Each item beside the one of its key.
    package func compare(_ theirs: [MovingItem], _ mine: [MovingItem], _ context: MovingContext) -> [MovingChange] {
        let here = Dictionary(mine.map { ($0.key, $0.json) }, uniquingKeysWith: { $1 })
        return theirs.map {
            MovingChange($0.key, mine: here[$0.key], theirs: $0.json, context.policy.choice(name, $0.key), isWhole: isWhole)
        }
    }

    package func adopt(_ changes: [MovingChange]) async throws {}
}
