/// How a network that forecasts is made and trained.
public struct NeuralSettings: Sendable, Hashable {
    /// Steps that are looked back on, and that are forecast at once.
    public var lookback: Int, horizon: Int
    /// What windows are seen from.
    public var centre = WindowCentre.last
    /// Numbers that a window becomes, and those of each vector that says which series it is and when.
    public var width = 128, embedding = 16
    /// Blocks one behind the other.
    public var depth = 2
    /// The share of a block's numbers that are left out at random while it learns.
    public var dropout: Float = 0.1
    /// The first learning rate, which falls along half a cosine, and what weights lose of themselves.
    public var rate: Float = 1e-3, decay: Float = 1e-2
    /// The ridge of the linear map that the network adds to, relative to the variance of a standardised series.
    public var ridge = 0.1
    /// Windows of a step.
    public var batch = 256
    /// Windows of an epoch at most; fewer when there are fewer.
    public var epochWindows = 60_000
    /// Epochs at most, and how many may pass without a better one.
    public var epochs = 20, patience = 4
    /// The share of the history, at its end, that says when to stop, and how many of its windows are looked at.
    public var validation = 0.2, validationWindows = 20_000
    /// Networks whose mean is the forecast, each with a seed of its own.
    public var members = 1
    /// The first seed: the same one gives the same forecasts.
    public var seed: UInt64 = 1
    /// Steps of a season, from which gaps are filled.
    public var season: Int?
    /// What clocks show where the series come from.
    public var clock = LocalClock.utc

    /// The usual settings.
    public init(lookback: Int, horizon: Int) { (self.lookback, self.horizon) = (lookback, horizon) }

    func check() throws {
        let ranges: [(String, Int, ClosedRange<Int>)] = [
            ("look-back", lookback, 1...WindowBounds.lookback), ("horizon", horizon, 1...WindowBounds.horizon), ("width", width, 1...4096),
            ("size of the vectors", embedding, 1...1024), ("depth", depth, 0...64), ("batch", batch, 1...65_536),
            ("number of windows of an epoch", epochWindows, 1...100_000_000), ("number of epochs", epochs, 1...10_000),
            ("patience", patience, 1...10_000), ("number of windows to choose by", validationWindows, 1...10_000_000),
            ("number of members", members, 1...100), ("season", season ?? 1, 1...Int(Int32.max)),
        ]
        if let (name, value, range) = ranges.first(where: { !$2.contains($1) }) {
            throw ForecastError(.badSetting, "the \(name) is \(value): it has to be from \(range.lowerBound) to \(range.upperBound)")
        }
        guard ridge >= 0, ridge.isFinite else { throw ForecastError(.badSetting, "the ridge is \(ridge): it has to be 0 or more") }
        guard (0..<1).contains(dropout), rate > 0, rate <= 1, decay >= 0, decay <= 1, (0.0...0.9).contains(validation) else {
            throw ForecastError(
                .badSetting,
                "a dropout of \(dropout), a rate of \(rate), a decay of \(decay), a share of \(validation): "
                    + "give 0 to below 1, above 0 to 1, 0 to 1, and 0 to 0.9")
        }
    }
}
