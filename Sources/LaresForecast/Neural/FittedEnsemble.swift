public import LaresJSON
public import LaresTensor

/// The mean of several forecasts: forecasters that err differently err less together.
public struct FittedEnsemble: WindowForecaster {
    /// Those whose mean it is.
    public let members: [any WindowForecaster & FileForecaster]
    /// How much each counts; together 1.
    public let weights: [Double]

    /// Members that forecast the same series; equal weights unless told otherwise.
    ///
    /// - Throws: `ForecastError.badSetting` for no members, another number of series or weights, or weights that aren't 0 or more with a sum above 0.
    public init(_ members: [any WindowForecaster & FileForecaster], weights: [Double]? = nil) throws {
        let weights = weights ?? members.map { _ in 1 }, sum = weights.reduce(0, +)
        guard let first = members.first, members.count <= 100, members.allSatisfy({ $0.seriesCount == first.seriesCount }) else {
            throw ForecastError(.badSetting, "an ensemble of \(members.count) forecasters: give 1 to 100 that forecast the same series")
        }
        guard weights.count == members.count, weights.allSatisfy({ $0 >= 0 }), sum > 0, sum.isFinite else {
            throw ForecastError(.badSetting, "weights \(weights) for \(members.count) forecasters: give one of 0 or more for each")
        }
        (self.members, self.weights) = (members, weights.map { $0 / sum })
    }

    /// How many series it forecasts.
    public var seriesCount: Int { members.first?.seriesCount ?? 0 }
    /// Steps that are looked back on.
    public var lookback: Int { members.map(\.lookback).max() ?? 1 }
    /// Steps that are forecast at once: the fewest of a member.
    public var horizon: Int { members.map(\.horizon).min() ?? 1 }

    /// Forecasts from some places of a panel, `[origins, series, horizon]`.
    ///
    /// - Throws: ``ForecastError``, as its members do.
    public func forecasts(_ panel: Panel, from origins: [Int]) throws -> [Double] {
        let rows = origins.count * seriesCount
        var sum = [Double](repeating: 0, count: rows * horizon)
        for (member, weight) in zip(members, weights) {
            let ahead = try member.forecasts(panel, from: origins), own = member.horizon
            for row in 0..<rows {
                for step in 0..<horizon { sum[row * horizon + step] += weight * ahead[row * own + step] }
            }
        }
        return sum
    }
}

extension FittedEnsemble: FileForecaster {
    /// `ensemble`.
    public static var kind: String { "ensemble" }

    /// What the members are about.
    public var about: JSON {
        [
            "weights": .array(weights.map(JSON.double)),
            "members": .array(members.map { ["kind": .string(type(of: $0).kind), "about": $0.about] }),
        ]
    }

    /// The tensors of all members.
    public var tensors: [(name: String, value: Tensor)] {
        members.enumerated().flatMap { place, member in member.tensors.map { ("member.\(place).\($0.name)", $0.value) } }
    }

    /// Reads what `about` and `tensors` were. Throws ``ForecastError``, ``JSONError``.
    public init(about: JSON, tensors: ForecasterTensors) throws {
        var fields = try JSONFields(about)
        let weights = try fields.doubles("weights", in: 0...1)
        let members = try (fields.objects("members") ?? []).enumerated().map { place, inner in
            var inner = inner
            let kind = try inner.string("kind") ?? "", about = try inner.required("about")
            try inner.end()
            let member = try ForecasterFile.read(kind, about, tensors.under("member.\(place)."))
            guard let member = member as? any WindowForecaster & FileForecaster else {
                throw inner.error("kind", "can't be in an ensemble")
            }
            return member
        }
        try fields.end()
        try self.init(members, weights: weights)
    }
}
