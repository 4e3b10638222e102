internal import GRDB
internal import LaresJSON
internal import LaresThings

/// Something of a home that is one item of a section, known by a name that is the same here and there.
protocol MovingValue {
    /// Reads what ``json`` writes.
    init(moving json: JSON) throws
    var json: JSON { get }
    /// What it is known by.
    var movingKey: String { get }
}

/// A section whose items are values of one type: it says where they are kept, the rest follows.
protocol ValueSection: MovingSection {
    associatedtype Value: MovingValue

    /// Those that are here, in a lasting order.
    func values(in database: Database) throws -> [Value]
    /// Keeps some, new or in the place of those of their keys.
    func save(_ values: [Value], in database: Database) throws
}

extension ValueSection {
    func items(in database: Database) throws -> [MovingItem] { try values(in: database).map { MovingItem($0.movingKey, $0.json) } }

    func read(_ json: JSON) throws -> MovingItem {
        let value = try Value(moving: json)
        return MovingItem(value.movingKey, value.json)
    }

    func write(_ changes: [MovingChange], in database: Database) throws { try save(try Self.values(changes), in: database) }

    /// What changes come to.
    static func values(_ changes: [MovingChange]) throws -> [Value] {
        try changes.compactMap { try $0.outcome.map { try Value(moving: $0) } }
    }
}

extension Area: MovingValue {
    init(moving json: JSON) throws { try self.init(json) }
    var movingKey: String { id.description }
}

extension Floor: MovingValue {
    init(moving json: JSON) throws { try self.init(json) }
    var movingKey: String { "\(level)" }
}

extension ThingGroup: MovingValue {
    init(moving json: JSON) throws { try self.init(json) }
    var movingKey: String { id.description }
}

extension Scene: MovingValue {
    init(moving json: JSON) throws { try self.init(json) }
    var movingKey: String { id }
}
