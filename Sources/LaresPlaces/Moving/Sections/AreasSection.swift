internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Rooms and parts of the garden, by their ids.
struct AreasSection: ValueSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "areas" }

    func values(in database: Database) throws -> [Area] { try HomeStore.areas(in: database) }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let changes = compare(theirs, mine, context)
        context.areas = Set(mine.map(\.key)).union(changes.filter { $0.outcome != nil }.map(\.key))
        return changes
    }

    func save(_ values: [Area], in database: Database) throws { for area in values { try HomeStore.save(area, in: database) } }

    func adopt(_ changes: [MovingChange]) async throws {
        var moved = MovedHome()
        moved.areas = try Self.values(changes)
        try home.adopt(moved)
    }
}
