import LaresForecast
import Testing

@Suite("Calendars")
struct CalendarTests {
    @Test(arguments: [
        (1970, 1, 1, 0, 3), (2000, 2, 29, 11_016, 1), (2012, 1, 1, 15_340, 6), (2024, 12, 31, 20_088, 1), (1969, 12, 31, -1, 2),
        (1900, 3, 1, -25_508, 3),
    ])
    func datesHaveTheirDays(_ year: Int, _ month: Int, _ day: Int, _ number: Int, _ weekday: Int) throws {
        let date = try #require(CivilDay(year: year, month: month, day: day))
        #expect(date.number == number)
        #expect(date.weekday == weekday)
    }

    @Test(arguments: [(2013, 2, 29), (1900, 2, 29), (2000, 13, 1), (2000, 4, 31), (2000, 1, 0), (0, 1, 1), (10_000, 1, 1)])
    func thereAreNoOtherDates(_ year: Int, _ month: Int, _ day: Int) { #expect(CivilDay(year: year, month: month, day: day) == nil) }

    @Test func daysKnowTheirPlaceInTheYear() throws {
        let last = try #require(CivilDay(year: 2012, month: 12, day: 31)), first = CivilDay(last.number + 1)
        #expect(last.placeInYear == (365, 366))
        #expect(first.placeInYear == (0, 365))
    }

    @Test func clocksChange() {
        let hour: Int64 = 3_600_000
        let clock = LocalClock(
            offset: 11 * hour, changes: [.init(at: 100 * hour, offset: 10 * hour), .init(at: 50 * hour, offset: 9 * hour)])
        #expect([0, 50, 99, 100, 200].map { clock.offset(at: $0 * hour) / hour } == [11, 9, 9, 10, 10])
        #expect(LocalClock.utc.moment(at: -1).day == -1)
        #expect(LocalClock.utc.moment(at: -1).timeOfDay == 86_399_999)
        #expect(clock.moment(at: 14 * hour).day == 1)
    }

    @Test func covariatesSayWhenItIs() throws {
        let calendar = try CalendarTerms(day: 1, week: 1, year: 1, hasWeekdays: true, holidays: [4])
        let rows = calendar.covariates(from: 0, step: 3_600_000, count: 24 * 10)
        #expect(rows.count == calendar.count)
        #expect(rows.allSatisfy { $0.count == 240 })
        #expect(abs(rows[0][6] - 1) < 1e-12 && abs(rows[1][12] + 1) < 1e-12)
        // Thursday first; the fifth day, a Monday, is a holiday.
        #expect(rows[6 + 3][0] == 1 && rows[6 + 0][0] == 0 && rows[6 + 0][4 * 24] == 1)
        #expect((0..<6).allSatisfy { rows[6 + $0][3 * 24] == 0 })
        #expect(rows[12][4 * 24 - 1] == 0 && rows[12][4 * 24] == 1 && rows[12][5 * 24] == 0)
        #expect(throws: ForecastError.self) { try CalendarTerms(day: 51) }
    }
}
