internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Rooms and parts of the garden, by their ids.
struct AreasSection: MovingSection {
    let home: Home
    let database: any DatabaseWriter
    var name: String { "areas" }

    func items(in database: Database) throws -> [MovingItem] {
        try HomeStore.areas(in: database).map { MovingItem($0.id.description, $0.json) }
    }

    func read(_ json: JSON) throws -> MovingItem {
        let area = try Area(json)
        return MovingItem(area.id.description, area.json)
    }

    func judge(_ theirs: [MovingItem], beside mine: [MovingItem], _ context: inout MovingContext) -> [MovingChange] {
        let changes = compare(theirs, mine, context)
        context.areas = Set(mine.map(\.key)).union(changes.filter { $0.outcome != nil }.map(\.key))
        return changes
    }

    func write(_ changes: [MovingChange], in database: Database) throws {
        for area in try areas(changes) { try HomeStore.save(area, in: database) }
    }

    func adopt(_ changes: [MovingChange]) async throws {
        var moved = MovedHome()
        moved.areas = try areas(changes)
        try home.adopt(moved)
    }

    private func areas(_ changes: [MovingChange]) throws -> [Area] { try changes.compactMap { try $0.outcome.map { try Area($0) } } }
}
