import Foundation
import LaresJSON
import LaresPlaces
import LaresStore
import Testing

@Suite struct PublicHolidayTests {
    @Test func theCalendarsThatComeWithLaresAreThoseOfThePackageHolidays() throws {
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/holidays.json")
        let golden = try JSON(parsing: [UInt8](Data(contentsOf: url)))
        let first = try #require(golden["from"]?.whole)
        guard case .object(let calendars)? = golden["calendars"] else { throw MissingGolden() }
        #expect(Set(calendars.map(\.key)) == Set(HolidayCalendar.builtIn.keys))
        for (name, years) in calendars {
            let own = HolidayCalendar.builtIn[name]?.days.keys.map(\.description) ?? []
            for (place, year) in (years.elements ?? []).enumerated() {
                let days = own.filter { $0.hasPrefix("\(first + place)-") }.sorted().map { $0.dropFirst(5).replacing("-", with: "") }
                #expect(days.joined(separator: " ") == year.text, "\(name) \(first + place)")
            }
        }
    }

    private struct MissingGolden: Error {}

    /// Those on weekends have others beside them, or are moved; China's follow the moon.
    @Test(
        arguments: [
            ("us", "2021-12-31", "New Year's Day (observed)"), ("us", "2026-07-03", "Independence Day (observed)"),
            ("gb", "2027-12-27", "Christmas Day (observed)"), ("gb", "2027-12-28", "Boxing Day (observed)"),
            ("gb", "2022-12-27", "Christmas Day (observed)"), ("gb", "2022-12-26", "Boxing Day"),
            ("nl", "2025-04-26", "Koningsdag"), ("nl", "2025-04-27", nil), ("nl", "2026-05-05", nil),
            ("cn", "2024-02-09", nil), ("cn", "2026-02-16", "除夕"), ("cn", "2026-02-17", "春节"), ("cn", "2031-10-01", "国庆节"),
            ("ch", "2026-08-01", "Bundesfeier"), ("es", "2026-10-12", "Fiesta Nacional de España"),
        ] as [(String, String, String?)])
    func namesAreThoseOfTheLaw(calendar: String, day: String, name: String?) throws {
        #expect(HolidayCalendar.builtIn[calendar]?.days[try #require(CalendarDay(day))] == name)
    }

    @Test func theNextDaysAreInOrder() throws {
        let berlin = try #require(HolidayCalendar.builtIn["de-be"])
        let next = berlin.next(from: try #require(CalendarDay("2026-12-25")), count: 3)
        #expect(next.map(\.day.description) == ["2026-12-25", "2026-12-26", "2027-01-01"])
        #expect(next.first?.name == "Erster Weihnachtstag")
    }

    private func text(_ day: String) -> [UInt8] {
        let lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:\(day)", "SUMMARY:Ours", "END:VEVENT", "END:VCALENDAR", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    @Test func aCalendarCountsAtOnceAndAfterARestart() async throws {
        let place = try MovingHome()
        let folder = HolidayFolder(try place.folder.directory("holidays"))
        let site = Site(zone: .utc, holidays: try folder.calendars())
        let automations = try Automations(
            home: place.home, store: RuleStore(place.store), site: site, holidays: folder, clock: MovingHome.clock)
        let rule = try Rule(
            parsing: Array(#"{"name": "r", "when": {"time": "07:00"}, "only": {"holidays": ["ours"]}, "then": {"notify": "x"}}"#.utf8))
        await #expect(throws: RuleError.self) { try await automations.check(rule) }
        let bytes = text("20270301")
        try await automations.set(bytes, try HolidayCalendar(iCalendar: bytes), as: "ours")
        try await automations.set(rule)
        #expect(try automations.moments(of: rule).map(\.description) == ["2027-03-01 07:00:00 +0000"])
        #expect(try folder.calendars()["ours"]?.days.count == 1)
        await #expect(throws: ScheduleError.self, "a rule needs it") { try await automations.removeHolidays("ours") }
        _ = try await automations.remove(rule.id)
        let isGone = try await automations.removeHolidays("ours")
        #expect(isGone)
        #expect(automations.site.holidays["ours"] == nil)
        #expect(try folder.calendars()["ours"] == nil)
    }

    @Test func aCalendarOfTheSameNameCountsUntilItIsRemoved() async throws {
        let place = try MovingHome()
        let site = Site(zone: .utc, holidays: HolidayCalendar.builtIn)
        let automations = try Automations(home: place.home, store: RuleStore(place.store), site: site, clock: MovingHome.clock)
        let bytes = text("20270301")
        try await automations.set(bytes, try HolidayCalendar(iCalendar: bytes), as: "de-be")
        #expect(automations.site.holidays["de-be"]?.days.count == 1)
        let wasAdded = try await automations.removeHolidays("de-be")
        let again = try await automations.removeHolidays("de-be")
        #expect(wasAdded && !again)
        #expect(automations.site.holidays["de-be"] == HolidayCalendar.builtIn["de-be"])
    }

    @Test(arguments: ["", "DE-BE", "../x", "a/b"])
    func wrongNamesAreRefused(_ name: String) async throws {
        let place = try MovingHome(), bytes = text("20270301")
        let calendar = try HolidayCalendar(iCalendar: bytes)
        await #expect(throws: ScheduleError.self) { try await place.automations.set(bytes, calendar, as: name) }
    }

    @Test func aCalendarWithoutWholeDaysIsRefused() async throws {
        let place = try MovingHome()
        await #expect(throws: ScheduleError.self) { try await place.automations.set([], HolidayCalendar(days: [:]), as: "x") }
    }
}
