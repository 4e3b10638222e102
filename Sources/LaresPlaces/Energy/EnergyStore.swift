internal import GRDB
internal import LaresJSON
public import LaresThings

/// Tariffs, prices and what people said of meters, in `places.db`.
public struct EnergyStore: Sendable {
    private let pool: DatabasePool

    /// Those of a home.
    public init(_ home: HomeStore) { pool = home.pool }

    /// The tariffs; nil: nobody entered any.
    public func tariffs() throws -> TariffBook? { try value("tariffs").flatMap { try? TariffBook($0) } }

    /// Keeps tariffs.
    public func save(_ tariffs: TariffBook) throws { try save(tariffs.json, "tariffs") }

    /// The prices by the hour.
    public func prices() throws -> HourlyPrices { try value("prices").flatMap { try? HourlyPrices($0) } ?? HourlyPrices() }

    /// Adds prices to those that are kept.
    public func add(_ prices: HourlyPrices) throws {
        try pool.write { database in
            var all = try Self.value("prices", database).flatMap { try? HourlyPrices($0) } ?? HourlyPrices()
            all.merge(prices)
            try Self.save(all.json, "prices", database)
        }
    }

    /// What people said of meters.
    public func meters() throws -> EnergyMeters { try value("energy").flatMap { try? EnergyMeters($0) } ?? EnergyMeters() }

    /// Keeps what people say of meters.
    public func save(_ meters: EnergyMeters) throws { try save(meters.json, "energy") }

    private func value(_ name: String) throws -> JSON? { try pool.read { try Self.value(name, $0) } }

    private func save(_ json: JSON, _ name: String) throws { try pool.write { try Self.save(json, name, $0) } }

    private static func value(_ name: String, _ database: Database) throws -> JSON? {
        try HomeStore.setting(name, in: database).flatMap { try? JSON(parsing: Array($0.utf8)) }
    }

    private static func save(_ json: JSON, _ name: String, _ database: Database) throws {
        try HomeStore.set(name, to: json.serialized, in: database)
    }
}
