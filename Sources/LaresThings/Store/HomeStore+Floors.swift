package import GRDB
internal import LaresJSON

/// The names of floors: one setting, as there are few.
extension HomeStore {
    /// Those that people named, from the lowest.
    public func floors() throws -> [Floor] { try pool.read(Self.floors) }

    package static func floors(in database: Database) throws -> [Floor] {
        guard let text = try setting("floors", in: database), let list = try? JSON(parsing: Array(text.utf8)) else { return [] }
        return (list.elements ?? []).compactMap { try? Floor($0) }.sorted { $0.level < $1.level }
    }

    /// Keeps a floor, new or in the place of the one with its number.
    public func save(_ floor: Floor) throws { try pool.write { try Self.save([floor], in: $0) } }

    package static func save(_ floors: [Floor], in database: Database) throws {
        var kept = Dictionary(try Self.floors(in: database).map { ($0.level, $0) }, uniquingKeysWith: { $1 })
        for floor in floors { kept[floor.level] = floor }
        try write(kept.values.sorted { $0.level < $1.level }, in: database)
    }

    /// Forgets what a floor is called.
    public func remove(floor level: Int) throws {
        try pool.write { database in try Self.write(try Self.floors(in: database).filter { $0.level != level }, in: database) }
    }

    private static func write(_ floors: [Floor], in database: Database) throws {
        try set("floors", to: JSON.array(floors.map(\.json)).serialized, in: database)
    }
}
