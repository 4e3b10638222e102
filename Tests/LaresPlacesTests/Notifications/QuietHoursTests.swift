import Foundation
import LaresPlaces
import Testing

// In Berlin clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 back to 02:00 on 2026-10-25.
@Suite struct QuietHoursTests {
    private func release(_ now: String, _ from: String, _ to: String, days: Set<Weekday> = Set(Weekday.allCases)) throws -> String {
        let start = try #require(TimeOfDay(from))
        let block = try #require(WeeklyBlock(days: days, from: start, to: TimeOfDay(to)))
        let quiet = try #require(QuietHours(block))
        let format = Date.ISO8601FormatStyle()
        return try quiet.release(format.parse(now), in: TimeZoneRules("Europe/Berlin")).formatted(format)
    }

    @Test(arguments: [
        ("2026-11-29T20:59:59Z", "2026-11-29T20:59:59Z"), ("2026-11-29T21:00:00Z", "2026-11-30T06:00:00Z"),
        ("2026-11-30T05:59:59Z", "2026-11-30T06:00:00Z"), ("2026-11-30T06:00:00Z", "2026-11-30T06:00:00Z"),
    ])
    func whatComesInTheNightWaitsUntilTheMorning(now: String, expected: String) throws {
        #expect(try release(now, "22:00", "07:00") == expected)
    }

    @Test func nightsAreAsLongAsClocksMakeThem() throws {
        #expect(try release("2026-03-28T22:00:00Z", "22:00", "07:00") == "2026-03-29T05:00:00Z")
        #expect(try release("2026-10-24T21:00:00Z", "22:00", "07:00") == "2026-10-25T06:00:00Z")
    }

    @Test func anEndThatTheGapHidesIsBehindIt() throws {
        #expect(try release("2026-03-28T23:00:00Z", "22:00", "02:30") == "2026-03-29T01:00:00Z")
    }

    @Test func anEndThatComesTwiceIsTheFirst() throws {
        #expect(try release("2026-10-24T23:00:00Z", "22:00", "02:30") == "2026-10-25T00:30:00Z")
        #expect(try release("2026-10-25T01:15:00Z", "22:00", "02:30") == "2026-10-25T01:15:00Z")
    }

    @Test func nightsBeginOnTheirWeekdays() throws {
        // 2026-11-27 is a Friday.
        #expect(try release("2026-11-28T03:00:00Z", "22:00", "07:00", days: [.friday]) == "2026-11-28T06:00:00Z")
        #expect(try release("2026-11-29T03:00:00Z", "22:00", "07:00", days: [.friday]) == "2026-11-29T03:00:00Z")
    }

    @Test func aWholeDayIsNotQuiet() throws {
        let noon = try #require(TimeOfDay("12:00"))
        let (whole, moment) = (WeeklyBlock(from: noon, to: noon), WeeklyBlock(from: noon))
        #expect(whole.map { QuietHours($0) } == .some(nil))
        #expect(moment.map { QuietHours($0) } == .some(nil))
    }
}
