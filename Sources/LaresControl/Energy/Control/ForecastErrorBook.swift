/// How far forecasts are off, so many steps ahead: a mean that forgets by half in two weeks.
struct ForecastErrorBook: Sendable {
    private let horizon: Int
    private var open: [EnergyForecast] = []
    private var shared: [Double], homes: [[Double]] = []
    private static let rate = 1 - 0.9979

    init(horizon: Int) {
        self.horizon = horizon
        shared = [Double](repeating: 0, count: horizon)
    }

    /// Keeps a forecast until its hours are over.
    mutating func note(_ forecast: EnergyForecast) {
        open.append(forecast)
        if open.count > horizon { open.removeFirst(open.count - horizon) }
    }

    /// Compares an hour with what was said of it. Each hour that is taken follows one forecast.
    mutating func take(_ hour: SeenHour) {
        let net = zip(hour.load, hour.solar).map { $0 - $1 }
        guard net.allSatisfy(\.isFinite) else { return }
        if homes.count != net.count { homes = net.map { _ in [Double](repeating: 0, count: horizon) } }
        for (age, forecast) in open.reversed().enumerated() where forecast.load.count == net.count && age < forecast.emission.count {
            var sum = 0.0
            for home in net.indices {
                let error = net[home] - (forecast.load[home][age] - forecast.solar[home][age])
                sum += error
                learn(&homes[home][age], abs(error))
            }
            learn(&shared[age], abs(sum))
        }
    }

    private func learn(_ mean: inout Double, _ error: Double) {
        mean = mean == 0 ? error : mean + ForecastErrorBook.rate * (error - mean)
    }

    /// The mean errors of all homes together and of each.
    func errors(homes count: Int, steps: Int) -> (shared: [Double], homes: [[Double]]) {
        let own = homes.count == count ? homes : (0..<count).map { _ in [Double](repeating: 0, count: horizon) }
        return (Array(shared.prefix(steps)), own.map { Array($0.prefix(steps)) })
    }
}
