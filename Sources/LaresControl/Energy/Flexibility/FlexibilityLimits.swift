/// What the people of a home allow a city to have of it. Nothing unless they say so.
public struct FlexibilityLimits: Codable, Hashable, Sendable {
    /// Whether requests are answered at all.
    public var isWilling: Bool
    /// What may be used less and more for a city at most, in kW.
    public var mostLess: Double, mostMore: Double
    /// The share of the battery that is kept back for people.
    public var reserve: Double
    /// Requests that are answered in seven days at most.
    public var mostInWeek: Int
    /// What has to be paid for a kWh at least.
    public var leastPayment: Double

    /// - Throws: `EnergyControlError.badSetting` for what is below 0, or a reserve that is no share below 1.
    public init(
        isWilling: Bool = false, mostLess: Double = 0, mostMore: Double = 0, reserve: Double = 0, mostInWeek: Int = 7,
        leastPayment: Double = 0
    ) throws {
        guard (0...1e6).contains(mostLess), (0...1e6).contains(mostMore), (0..<1).contains(reserve), (0...1_000).contains(mostInWeek),
            (0...1e6).contains(leastPayment)
        else {
            throw EnergyControlError(
                .badSetting,
                "limits of \(mostLess) kW less, \(mostMore) kW more, a reserve of \(reserve), \(mostInWeek) requests a week: "
                    + "none is below 0, the reserve is below 1")
        }
        (self.isWilling, self.mostLess, self.mostMore, self.reserve) = (isWilling, mostLess, mostMore, reserve)
        (self.mostInWeek, self.leastPayment) = (mostInWeek, leastPayment)
    }

    /// Nothing is allowed.
    public static let none = FlexibilityLimits()

    private init() {
        (isWilling, mostLess, mostMore, reserve, mostInWeek, leastPayment) = (false, 0, 0, 0, 0, 0)
    }

    /// What may be changed for a request, in kW and without a sign; 0 when it isn't answered.
    ///
    /// - Parameter answered: Requests that were answered in the last seven days.
    public func most(for request: FlexibilityRequest, answered: Int) -> Double {
        guard isWilling, answered < mostInWeek, request.payment >= leastPayment else { return 0 }
        return min(request.change < 0 ? mostLess : mostMore, FlexibilityOffer.most)
    }
}
