internal import GRDB
internal import LaresThings

/// What floors are called, by their numbers.
struct FloorsSection: ValueSection {
    let database: any DatabaseWriter
    var name: String { "floors" }
    var limit: Int { Floor.levels.count }

    func values(in database: Database) throws -> [Floor] { try HomeStore.floors(in: database) }

    func save(_ values: [Floor], in database: Database) throws { try HomeStore.save(values, in: database) }
}
