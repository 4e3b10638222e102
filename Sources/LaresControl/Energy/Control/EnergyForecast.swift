/// What the next hours are thought to bring.
public struct EnergyForecast: Hashable, Sendable {
    /// What each home will use and its panels will make, in kWh, `[home][step]`.
    public var load: [[Double]], solar: [[Double]]
    /// What a kWh from the grid will emit, in kg of CO₂, by step.
    public var emission: [Double]
    /// How far the net use of all homes together is off on average so many steps ahead, in kWh, and that of each home.
    public var sharedError: [Double], homeErrors: [[Double]]

    /// A forecast that is thought to be exact unless told otherwise.
    public init(
        load: [[Double]], solar: [[Double]], emission: [Double], sharedError: [Double]? = nil, homeErrors: [[Double]]? = nil
    ) {
        (self.load, self.solar, self.emission) = (load, solar, emission)
        let nothing = [Double](repeating: 0, count: emission.count)
        (self.sharedError, self.homeErrors) = (sharedError ?? nothing, homeErrors ?? load.map { _ in nothing })
    }

    /// What is wrong with it, if there is something: a plan on nonsense is worse than a rule.
    ///
    /// - Parameter most: More kWh than any home can use or make in an hour.
    public func fault(homes: Int, steps: Int, most: Double) -> ForecastFault? {
        let rows = load + solar + homeErrors
        guard load.count == homes, solar.count == homes, homeErrors.count == homes,
            (rows + [emission, sharedError]).allSatisfy({ $0.count >= steps }), steps > 0
        else { return .missing }
        let numbers = rows.joined() + emission + sharedError
        if numbers.contains(where: { !$0.isFinite }) { return .notFinite }
        if numbers.contains(where: { $0 < 0 }) { return .negative }
        if rows.joined().contains(where: { $0 > most }) { return .absurd }
        return nil
    }
}

/// Why a forecast can't be planned on.
public enum ForecastFault: String, Codable, Hashable, Sendable, CaseIterable {
    /// There is none, or it is too short.
    case missing
    /// A value is infinite or no number.
    case notFinite
    /// A home uses or makes less than nothing.
    case negative
    /// A home uses or makes more than any can.
    case absurd
}

/// Something that says what the next hours bring, from the hours that are over.
public protocol EnergyForecaster: Sendable {
    /// Takes in an hour that is over; each follows the one before.
    mutating func take(_ hour: SeenHour)
    /// What the hours to come bring, as many as are known beforehand.
    ///
    /// - Throws: Whatever keeps it from saying anything.
    mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast
    /// What tells the hours to come, for the record of what was decided on them.
    var model: ForecastModel { get }
}

extension EnergyForecaster {
    /// One that doesn't learn.
    public var model: ForecastModel { ForecastModel("given") }
}

/// What forecasts are made by, as the record of a decision names it.
public struct ForecastModel: Hashable, Sendable {
    /// What it is: "dlinear", "means".
    public let name: String
    /// Hours that it had taken in since it learnt; nil: it doesn't learn, or hasn't yet.
    public let hoursSinceLearning: Int?
    /// Hours that it has seen.
    public let hoursSeen: Int

    /// A model.
    public init(_ name: String, hoursSinceLearning: Int? = nil, hoursSeen: Int = 0) {
        (self.name, self.hoursSinceLearning, self.hoursSeen) = (name, hoursSinceLearning, hoursSeen)
    }
}
