import LaresForecast
import Testing

@Suite("Calendars")
struct CalendarTests {
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
