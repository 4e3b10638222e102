import Foundation
import LaresForecast
import LaresTensor

/// A town's load by the hour: evenings, weekends, holidays, and air conditioning when it is hot.
struct LoadSeries {
    var days: Int
    var clock = LocalClock.utc
    var seed: UInt64 = 5
    /// Hours of temperature and holidays behind the load.
    var ahead = 24

    var panel: Panel {
        get throws {
            var random = SeededRandom(seed: seed)
            var (load, temperature, holidays) = ([Double](), [Double](), [Double]())
            for hour in 0..<(days * 24 + ahead) {
                let moment = clock.moment(at: Int64(hour) * 3_600_000), time = Double(moment.timeOfDay) / 86_400_000
                let daily = 20 + 8 * sin(Double(moment.day) * 0.9) + 5 * sin(2 * .pi * (time - 0.4))
                let isHoliday = moment.day % 17 == 0
                let isFree = isHoliday || moment.weekday > 4
                temperature.append(daily + 0.3 * Double(random.normal()))
                holidays.append(isHoliday ? 1 : 0)
                let shape = 1 + 0.3 * sin(2 * .pi * (time - 0.5)) - (isFree ? 0.2 : 0)
                let cooling = 0.03 * max(0, temperature[hour] - 22)
                if hour < days * 24 { load.append(1_000 * (shape + cooling) * (1 + 0.01 * Double(random.normal()))) }
            }
            return try Panel(start: 0, step: 3_600_000, series: [load], known: [temperature, holidays])
        }
    }
}
