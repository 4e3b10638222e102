/// What may be asked of a forecaster.
enum ForecastBounds {
    static let steps = 1...100_000
    static let season = 2...20_000

    static func check(steps: Int) throws {
        guard Self.steps.contains(steps) else {
            throw ForecastError(.badSetting, "\(steps) steps are asked for: ask for 1 to \(Self.steps.upperBound)")
        }
    }

    static func check(season: Int) throws {
        guard Self.season.contains(season) else {
            throw ForecastError(.badSetting, "a season has \(season) steps: it has to have 2 to \(Self.season.upperBound)")
        }
    }
}
