internal import GRDB

/// Which orders are asked for.
public struct OrderFilter: Sendable, Hashable {
    /// Those for one actuator.
    public var actuator: ActuatorID?
    /// Those of somebody.
    public var issuer: String?
    /// Those in a state.
    public var state: Order.State?
    /// Only those that a person gave, and those that weren't carried out.
    public var isNotable = false
    /// Those with smaller numbers.
    public var before = Int.max

    /// All.
    public init() {}
}

extension OrderBook {
    /// The same as the index has it, so that it is used.
    static let notable = "state IN ('expired', 'refused', 'failed') OR json_extract(body, '$.issuer.kind') = 'person'"

    /// An order; nil: there is none of this id.
    public func order(_ id: String) throws -> Order? { try pool.read { try Self.find(id, $0) } }

    /// Orders, the latest first.
    public func orders(_ filter: OrderFilter = OrderFilter(), limit: Int = 100) throws -> [Order] {
        var (conditions, arguments): ([String], StatementArguments) = (["number < ?"], [filter.before])
        if let actuator = filter.actuator {
            conditions.append("actuator = ?")
            arguments += [actuator.description]
        }
        if let issuer = filter.issuer {
            conditions.append("issuer = ?")
            arguments += [issuer]
        }
        if let state = filter.state {
            conditions.append("state = ?")
            arguments += [state.rawValue]
        }
        if filter.isNotable { conditions.append("(\(Self.notable))") }
        arguments += [min(max(0, limit), 10_000)]
        let sql = "SELECT number, body FROM orders WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT ?"
        return try pool.read { try Row.fetchAll($0, sql: sql, arguments: arguments) }.compactMap { Self.read($0) }
    }
}
