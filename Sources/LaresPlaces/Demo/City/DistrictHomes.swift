public import Foundation
internal import LaresControl
internal import LaresJSON
public import LaresThings

/// A few homes of the district, whose meters say what five homes in California used and made in a year (CityLearn's challenge of 2022): the same hour of the
/// same day of the year, with lines between the hours. Their water is made up.
public struct DistrictHomes: Sendable {
    /// One home's year.
    private struct Home: Sendable {
        let load, solar: [Double]
    }

    /// The account of the broker that they use.
    public static let account = "demo-city"
    /// How the names of the devices begin that their things are; the home's number from 0 follows.
    public static let origin = "lares_demo_city_"
    private let homes: [Home]
    let language: DemoLanguage
    /// Liters an hour that run where nobody is: a pipe has burst. Several times as much as people use in any ten minutes.
    private static let leak = 2_400.0

    /// Reads a folder of CityLearn's data.
    ///
    /// - Parameters:
    ///   - folder: It has `schema.json` and the tables beside it; what is used of it are load and sun.
    ///   - count: At most so many homes.
    /// - Throws: An error of `LaresControl` or `LaresForecast` for data that can't be read.
    public init(contentsOf folder: String, count: Int = 3, language: DemoLanguage = .english) throws {
        let record = try CityLearnFolder(folder).record
        homes = record.homes.prefix(max(1, count)).map { Home(load: $0.load, solar: $0.solar) }
        self.language = language
    }

    /// How many there are.
    public var count: Int { homes.count }

    /// How they announce themselves; the broker keeps it.
    public var announcements: [MQTTMessage] {
        homes.indices.map { place in
            let sensors = sensors(of: place).reduce(into: JSON.Members()) { $0.append($1.key, $1.json) }
            let announced: JSON = [
                "device": [
                    "identifiers": [.string(Self.origin + "\(place)")], "name": .string(name(place)), "manufacturer": "Lares",
                    "model": "meter", "suggested_area": .string(language == .chinese ? "示范街区" : "District"),
                ], "origin": ["name": "lares"], "components": .object(sensors),
            ]
            return MQTTMessage(topic(place), announced.serialized, quality: .atLeastOnce, isRetained: true)
        }
    }

    /// Takes them away.
    public var removals: [MQTTMessage] { homes.indices.map { MQTTMessage(topic($0), "", quality: .atLeastOnce, isRetained: true) } }

    /// What their meters say.
    ///
    /// - Parameters:
    ///   - date: When.
    ///   - leaks: Homes where water runs.
    public func reports(at date: Date, leaks: [Int: Date]) -> [MQTTMessage] {
        let hours = Self.hour(of: date)
        return homes.enumerated().map { place, home in
            let (load, solar) = (Self.value(home.load, hours), Self.value(home.solar, hours))
            let leak = leaks[place] != nil, flow = Self.water(of: place, at: date, hasBurst: leak)
            let leaked = leaks[place].map { max(0, date.timeIntervalSince($0)) / 3_600 * Self.leak } ?? 0
            let state: JSON = [
                "power": .double(((load - solar) * 1_000).rounded()), "solar": .double((solar * 1_000).rounded()),
                "load": .double((load * 1_000).rounded()), "flow": .double(flow),
                "leaked": .double((leaked * 10).rounded() / 10), "leak": leak ? "ON" : "OFF",
            ]
            return MQTTMessage("\(Self.account)/home\(place)/state", state.serialized)
        }
    }

    /// Water that people used before, a value for each three minutes, oldest first: what a watch learns from.
    ///
    /// - Parameters:
    ///   - home: Which home, from 0.
    ///   - end: Until when.
    ///   - days: How far back, 0 to 30.
    public static func pastFlow(of home: Int, until end: Date, days: Int = 5) -> [(date: Date, liters: Double)] {
        let step = 180.0, count = min(max(days, 0), 30) * 480, last = (end.timeIntervalSince1970 / step).rounded(.down) * step
        return (0..<count).map { place in
            let date = Date(timeIntervalSince1970: last - Double(count - place) * step)
            return (date, water(of: home, at: date, hasBurst: false))
        }
    }

    /// What the meter of a home's water says, in liters an hour.
    package static func water(of home: Int, at date: Date, hasBurst: Bool) -> Double {
        ((flow(hour(of: date), home) + (hasBurst ? burst(at: date) : 0)) * 10).rounded() / 10
    }

    /// No meter says twice the same of a burst pipe.
    private static func burst(at date: Date) -> Double {
        leak * (0.98 + 0.04 * Chance(seed: 0).unit(.habit, Int(date.timeIntervalSince1970 / 10)))
    }

    /// What a home used and made before, in watts, a value for each quarter of an hour, oldest first: what a plan learns from.
    ///
    /// - Parameters:
    ///   - home: Which home, from 0; for another there is nothing.
    ///   - end: Until when.
    ///   - days: How far back, 0 to 60.
    public func pastPower(of home: Int, until end: Date, days: Int = 28) -> [(date: Date, load: Double, solar: Double)] {
        guard homes.indices.contains(home) else { return [] }
        let step = 900.0, count = min(max(days, 0), 60) * 96, last = (end.timeIntervalSince1970 / step).rounded(.down) * step
        return (0..<count).map { place in
            let date = Date(timeIntervalSince1970: last - Double(count - place) * step), hours = Self.hour(of: date)
            return (date, (Self.value(homes[home].load, hours) * 1_000).rounded(), (Self.value(homes[home].solar, hours) * 1_000).rounded())
        }
    }

    /// What the property of a home's thing is called that says this, in both languages.
    public static let labels = (load: ["Load", "用电功率"], solar: ["Solar power", "太阳能功率"], grid: ["Grid power", "电网功率"])

    private func name(_ place: Int) -> String { language == .chinese ? "示范住宅 \(place + 1)" : "Home \(place + 1)" }

    private func topic(_ place: Int) -> String { "homeassistant/device/lares_demo_city_\(place)/config" }

    private func sensors(of place: Int) -> [(key: String, json: JSON)] {
        let state = JSON.string("\(Self.account)/home\(place)/state")
        let numbers = [
            ("power", "Grid power", "电网功率", "W", "power"), ("solar", "Solar power", "太阳能功率", "W", "power"),
            ("load", "Load", "用电功率", "W", "power"), ("flow", "Water flow", "水流量", "L/h", nil as String?),
        ]
        let parts = numbers.map { key, english, chinese, unit, quantity -> (key: String, json: JSON) in
            var members: JSON.Members = [
                "platform": "sensor", "unique_id": .string("lares_demo_city_\(place)_\(key)"),
                "name": .string(language == .chinese ? chinese : english), "state_topic": state,
                "value_template": .string("{{ value_json.\(key) }}"), "unit_of_measurement": .string(unit), "state_class": "measurement",
            ]
            if let quantity { members.append("device_class", .string(quantity)) }
            return (key, .object(members))
        }
        let leak: JSON = [
            "platform": "binary_sensor", "unique_id": .string("lares_demo_city_\(place)_leak"),
            "name": .string(language == .chinese ? "漏水" : "Leak"), "state_topic": state, "value_template": "{{ value_json.leak }}",
            "device_class": "moisture",
        ]
        return parts + [("leak", leak)]
    }

    /// Hours since the beginning of the year, with their fraction.
    private static func hour(of date: Date) -> Double {
        let calendar = Calendar.current
        guard let year = calendar.dateInterval(of: .year, for: date) else { return 0 }
        return date.timeIntervalSince(year.start) / 3_600
    }

    /// Its tables begin at midnight of the first of August.
    private static let firstHour = 212.0 * 24

    private static func value(_ table: [Double], _ hour: Double) -> Double {
        guard !table.isEmpty else { return 0 }
        let place = (hour - firstHour + Double(table.count) * 2).truncatingRemainder(dividingBy: Double(table.count))
        let index = min(table.count - 1, max(0, Int(place))), along = place - Double(index)
        return table[index] + (table[(index + 1) % table.count] - table[index]) * along
    }

    /// Water that people use, in liters an hour: in the morning and the evening, a few minutes at a time.
    private static func flow(_ hour: Double, _ home: Int) -> Double {
        let chance = Chance(seed: UInt64(home + 1)), minute = Int(hour * 60)
        let ofDay = hour.truncatingRemainder(dividingBy: 24)
        let likely = (6..<9).contains(ofDay) || (18..<22).contains(ofDay) ? 0.35 : (9..<18).contains(ofDay) ? 0.1 : 0.01
        return chance.unit(.habit, minute / 3) < likely ? 180 + 360 * chance.unit(.day, minute / 3) : 0
    }
}
