import Glibc

/// The hours that a forecaster remembers.
struct EnergyPast: Sendable {
    /// In kWh, `[home][hour]`.
    private(set) var load: [[Double]] = [], solar: [[Double]] = []
    /// In kg of CO₂ for a kWh.
    private(set) var emission: [Double] = []
    /// Covariates of the calendar, `[covariate][hour]`.
    private(set) var calendar: [[Double]] = []
    private var times: [Int] = []

    /// How many hours there are.
    var count: Int { emission.count }

    /// Adds an hour; of more than `most` an eighth is forgotten.
    mutating func take(_ hour: SeenHour, most: Int) {
        if load.isEmpty {
            (load, solar) = (hour.load.map { _ in [] }, hour.solar.map { _ in [] })
            calendar = EnergyPast.calendar([hour.known]).map { _ in [] }
        }
        guard hour.load.count == load.count, hour.solar.count == solar.count else { return }
        if count >= most { forget(max(1, most / 8)) }
        for home in load.indices {
            load[home].append(EnergyPast.sane(hour.load[home]))
            solar[home].append(EnergyPast.sane(hour.solar[home]))
        }
        emission.append(EnergyPast.sane(hour.emission))
        times.append(hour.known.hour)
        for (row, value) in EnergyPast.calendar([hour.known]).enumerated() { calendar[row].append(value[0]) }
    }

    /// What a meter can't have meant is missing.
    private static func sane(_ value: Double) -> Double { (0...10_000).contains(value) ? value : .nan }

    private mutating func forget(_ hours: Int) {
        for home in load.indices {
            load[home].removeFirst(hours)
            solar[home].removeFirst(hours)
        }
        emission.removeFirst(hours)
        times.removeFirst(hours)
        for row in calendar.indices { calendar[row].removeFirst(hours) }
    }

    /// Three waves of the day, for working days and others, and whether it is one.
    static func calendar(_ hours: [KnownHour]) -> [[Double]] {
        var rows = [[Double]](repeating: [], count: 13)
        for hour in hours {
            let isFree = hour.day >= 5, offset = isFree ? 6 : 0
            var values = [Double](repeating: 0, count: 13)
            for wave in 0..<3 {
                let angle = 2 * Double.pi * Double((wave + 1) * hour.hour) / 24
                (values[offset + 2 * wave], values[offset + 2 * wave + 1]) = (sin(angle), cos(angle))
            }
            values[12] = isFree ? 1 : 0
            for row in rows.indices { rows[row].append(values[row]) }
        }
        return rows
    }

    /// The mean of the last days at the same time of day; the last value where there is none.
    func means(_ ahead: [KnownHour]) -> EnergyForecast {
        func row(_ values: [Double]) -> [Double] { ahead.map { mean(values, at: $0.hour) } }
        return EnergyForecast(load: load.map(row), solar: solar.map(row), emission: row(emission))
    }

    private func mean(_ values: [Double], at hour: Int) -> Double {
        var (sum, count) = (0.0, 0.0)
        for place in recent(hour) where !values[place].isNaN { (sum, count) = (sum + values[place], count + 1) }
        return count > 0 ? sum / count : values.last { !$0.isNaN } ?? 0
    }

    /// The last two weeks' hours of a time of day.
    private func recent(_ hour: Int) -> [Int] { (max(0, count - 336)..<count).filter { times[$0] == hour } }

    /// Nobody uses or makes less than nothing; panels make no more than they did at that time of day in the last two weeks.
    func bound(_ forecast: inout EnergyForecast, _ ahead: [KnownHour]) {
        let places = (0..<24).map(recent)
        for home in forecast.load.indices {
            for step in ahead.indices {
                forecast.load[home][step] = max(0, forecast.load[home][step])
                let most = places[ahead[step].hour].lazy.map { solar[home][$0] }.filter { !$0.isNaN }.max() ?? .infinity
                forecast.solar[home][step] = min(max(0, forecast.solar[home][step]), most * 1.05)
            }
        }
        for step in forecast.emission.indices { forecast.emission[step] = max(0, forecast.emission[step]) }
    }
}
