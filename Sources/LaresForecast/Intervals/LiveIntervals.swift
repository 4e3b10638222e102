/// Intervals of a served series, which hold their levels by what comes: as wide as a back-test said until enough came, then so many times as wide as adaptive
/// conformal inference says (``AdaptiveConformal``).
///
/// Errors of all steps ahead count in units of what the lowest level reaches at their step, so that one series needs no more than the last 120 of them.
public struct LiveIntervals: Sendable, Hashable {
    private let radii: [[Double]]
    private let lowest: Int
    private var levels: [AdaptiveConformal]

    // Up to eight forecasts are held to one value, and told up to a horizon before: a faster rate overshoots.
    static let rate = 0.005, window = 120, enough = 60

    /// - Parameters:
    ///   - levels: The levels, each once.
    ///   - radii: What a back-test said, `[level][step]`.
    /// - Throws: `ForecastError.badSetting` for levels that aren't between 0 and 1 or have no radii.
    public init(levels: [Double], radii: [[Double]]) throws {
        guard levels.count == radii.count, let lowest = levels.indices.min(by: { levels[$0] < levels[$1] }) else {
            throw ForecastError(.badSetting, "there are \(levels.count) levels and \(radii.count) radii: each level has its own")
        }
        self.levels = try levels.map { try AdaptiveConformal(level: $0, rate: Self.rate, window: Self.window) }
        (self.radii, self.lowest) = (radii, lowest)
    }

    /// Takes in what came less what was said; what is missing, or has no width to be compared with, changes nothing.
    ///
    /// - Parameters:
    ///   - step: How many steps ahead it was said, from 0 on.
    ///   - isOutside: Whether it lay outside the interval that was told, of each level.
    public mutating func take(error: Double, step: Int, isOutside: [Bool]) {
        guard radii[lowest].indices.contains(step), radii[lowest][step] > 0, error.isFinite, isOutside.count == levels.count else { return }
        let size = min(abs(error) / radii[lowest][step], 1e6)
        for place in levels.indices { levels[place].take(error: size, isOutside: isOutside[place]) }
    }

    /// How far the intervals of the next forecast reach, `[level][step]`.
    public var reach: [[Double]] {
        guard levels[lowest].count >= Self.enough else { return radii }
        var reach = radii, least = 0.0
        // A higher level never reaches less far than a lower one; one of which less than one in a window lies outside stays at least as it is.
        for place in levels.indices.sorted(by: { levels[$0].level < levels[$1].level }) {
            least = max(least, levels[place].radius ?? 0)
            let isRare = (1 - levels[place].level) * Double(Self.window) < 1
            reach[place] = zip(radii[lowest], radii[place]).map { isRare ? max($0 * least, $1) : $0 * least }
        }
        return reach
    }

    /// What is kept: the share outside that each level asks for, and the sizes of the last errors.
    public var kept: (shares: [Double], sizes: [Double]) { (levels.map(\.share), levels[lowest].kept) }

    /// Goes on with what was kept; of other levels, it begins anew.
    public func continued(shares: [Double], sizes: [Double]) -> LiveIntervals {
        guard shares.count == levels.count else { return self }
        var next = self
        next.levels = zip(levels, shares).map { $0.continued(share: $1, kept: sizes) }
        return next
    }
}
