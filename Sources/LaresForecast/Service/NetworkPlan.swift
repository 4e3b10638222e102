public import LaresJSON

/// How the network of a plan is made and trained.
///
/// `{"lookback": 336, "width": 128, "depth": 2, "dropout": 0.8, "epochs": 10, "members": 1, "seed": 1}`: each may be left out.
public struct NetworkPlan: Sendable, Hashable {
    /// Steps that are looked back on; nil: two of the longest season, or the horizon where that is more.
    public let lookback: Int?
    /// Numbers that a window becomes, and blocks one behind the other.
    public let width: Int, depth: Int
    /// The share of numbers that are left out while it learns.
    public let dropout: Double
    /// How often all windows are seen, at most; networks whose mean is the forecast; the first one's seed.
    public let epochs: Int, members: Int, seed: Int

    // What was found on ETTh1 (docs/forecasting.md).
    init() { (lookback, width, depth, dropout, epochs, members, seed) = (nil, 128, 2, 0.8, 10, 1, 1) }

    init(_ fields: JSONFields) throws {
        var fields = fields
        let usual = NetworkPlan()
        lookback = try fields.int("lookback", in: 1...4_000)
        width = try fields.int("width", in: 1...512) ?? usual.width
        depth = try fields.int("depth", in: 0...8) ?? usual.depth
        dropout = try fields.double("dropout", in: 0...0.95) ?? usual.dropout
        epochs = try fields.int("epochs", in: 1...100) ?? usual.epochs
        members = try fields.int("members", in: 1...5) ?? usual.members
        seed = try fields.int("seed", in: 0...1_000_000) ?? usual.seed
        try fields.end()
    }

    /// The plan as it is read.
    public var json: JSON {
        var all: JSON.Members = [
            "width": .int(width), "depth": .int(depth), "dropout": .double(dropout), "epochs": .int(epochs), "members": .int(members),
            "seed": .int(seed),
        ]
        if let lookback { all.append("lookback", .int(lookback)) }
        return .object(all)
    }

    func settings(for plan: ForecastPlan) -> NeuralSettings {
        let usual = min(4_000, max(2 * (plan.seasons.last ?? 1), plan.horizon))
        var settings = NeuralSettings(lookback: lookback ?? usual, horizon: plan.horizon)
        (settings.width, settings.depth, settings.dropout) = (width, depth, Float(dropout))
        (settings.epochs, settings.patience, settings.rate) = (epochs, 2, 3e-4)
        (settings.members, settings.seed) = (members, UInt64(seed))
        (settings.season, settings.clock) = (plan.seasons.first, plan.calendar?.terms.clock ?? .utc)
        return settings
    }
}
