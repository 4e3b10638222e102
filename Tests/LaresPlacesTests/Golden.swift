import Foundation
import LaresJSON
import LaresPlaces

/// What croniter, astral and dateutil make of schedules (Golden/README.md).
enum Golden {
    static func schedules() throws -> JSON {
        let given = ProcessInfo.processInfo.environment["LARES_SCHEDULES_GOLDEN"].map { URL(fileURLWithPath: $0) }
        let url = given ?? Bundle.module.bundleURL.appendingPathComponent("Golden/schedules.json")
        return try JSON(parsing: [UInt8](Data(contentsOf: url)))
    }
}

extension JSON {
    var whole: Int? { number.map { Int($0) } }
}

extension Site {
    static func berlin(holidays: [String: HolidayCalendar] = [:]) throws -> Site {
        Site(
            zone: try TimeZoneRules("Europe/Berlin"), position: GeographicPosition(latitude: 52.52, longitude: 13.405), holidays: holidays)
    }
}

extension SchedulePlan {
    /// A plan of a schedule written as JSON text.
    init(_ text: String, at site: Site) throws {
        self = try SchedulePlan(try Schedule(parsing: Array(text.utf8)), at: site)
    }

    /// The next moments as wall clocks show them, "2026-03-29T03:00+02:00", blocks' edges with "[" and "]".
    func shown(after text: String, _ count: Int) throws -> [String] {
        let zone = self.zone
        return occurrences(after: moment(text)).prefix(count).map { zone.shown($0) }
    }
}

extension TimeZoneRules {
    func shown(_ occurrence: Occurrence) -> String {
        let mark =
            switch occurrence.edge {
            case .start: "["
            case .end: "]"
            case .moment: ""
            }
        return shown(occurrence.date) + mark
    }

    func shown(_ date: Date) -> String {
        let ahead = offset(at: date)
        let wall = Int(date.timeIntervalSince1970) + ahead
        let day = CalendarDay(year: 1970, month: 1, day: 1)?.adding(wall / 86_400)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = wall % 86_400
        let seconds = time % 60 == 0 ? "" : ":" + two(time % 60)
        let offset = (ahead < 0 ? "-" : "+") + two(abs(ahead) / 3600) + ":" + two(abs(ahead) / 60 % 60)
        return "\(day?.description ?? "")T\(two(time / 3600)):\(two(time / 60 % 60))\(seconds)\(offset)"
    }
}

/// A moment in UTC, "2026-03-29T00:00:00".
func moment(_ text: String) -> Date {
    let halves = text.split(separator: "T")
    guard let day = CalendarDay(halves[0]), let time = TimeOfDay(halves[1]) else { return .distantPast }
    return Date(timeIntervalSince1970: Double(day.ordinal * 86_400 + time.seconds))
}
