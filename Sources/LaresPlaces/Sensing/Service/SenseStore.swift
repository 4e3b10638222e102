internal import GRDB
internal import LaresJSON
public import LaresThings

/// What sensing keeps over restarts, in `places.db`.
public struct SenseStore: Sendable {
    private let pool: DatabasePool

    private let energy: EnergyStore

    /// What was sensed in a home.
    public init(_ home: HomeStore) { (pool, energy) = (home.pool, EnergyStore(home)) }

    /// What people said of meters.
    ///
    /// - Throws: An error of the database.
    func meters() throws -> EnergyMeters { try energy.meters() }

    /// What was last kept; nil: nothing, or nothing that this Lares can read.
    ///
    /// - Throws: An error of the database.
    public func memory() throws -> SenseMemory? {
        let text = try pool.read { try HomeStore.setting("senses", in: $0) }
        guard let text, let json = try? JSON(parsing: Array(text.utf8)) else { return nil }
        return try? SenseMemory(json)
    }

    /// Keeps it.
    ///
    /// - Throws: An error of the database.
    public func save(_ memory: SenseMemory) throws {
        let text = memory.json.serialized
        try pool.write { try HomeStore.set("senses", to: text, in: $0) }
    }
}
