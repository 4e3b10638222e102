import LaresTime
import Testing

@Suite("Days of the calendar")
struct CivilDayTests {
    @Test(arguments: [
        (1970, 1, 1, 0, 3), (2000, 2, 29, 11_016, 1), (2012, 1, 1, 15_340, 6), (2024, 12, 31, 20_088, 1), (1969, 12, 31, -1, 2),
        (1900, 3, 1, -25_508, 3), (0, 1, 1, -719_528, 5), (9999, 12, 31, 2_932_896, 4),
    ])
    func datesHaveTheirDays(_ year: Int, _ month: Int, _ day: Int, _ number: Int, _ weekday: Int) throws {
        let date = try #require(CivilDay(year: year, month: month, day: day))
        #expect(date.number == number)
        #expect(date.weekday == weekday)
        #expect(CivilDay(number).date == (year, month, day))
    }

    @Test(arguments: [(2013, 2, 29), (1900, 2, 29), (2000, 13, 1), (2000, 0, 1), (2000, 4, 31), (2000, 1, 0), (-1, 1, 1), (10_000, 1, 1)])
    func thereAreNoOtherDates(_ year: Int, _ month: Int, _ day: Int) { #expect(CivilDay(year: year, month: month, day: day) == nil) }

    @Test func everyDayFollowsTheOneBeforeForEightHundredYears() throws {
        var (year, month, day) = (1600, 1, 1)
        let first = try #require(CivilDay(year: year, month: month, day: day)).number
        for number in first..<first + 2 * 146_097 {
            #expect(CivilDay(number).date == (year, month, day))
            #expect(CivilDay(year: year, month: month, day: day)?.number == number)
            day += 1
            if CivilDay(year: year, month: month, day: day) == nil { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2400, 1, 1))
    }

    @Test func daysKnowTheirPlaceInTheYear() throws {
        let last = try #require(CivilDay(year: 2012, month: 12, day: 31)), first = CivilDay(last.number + 1)
        #expect(last.placeInYear == (365, 366))
        #expect(first.placeInYear == (0, 365))
        #expect(last < first)
    }
}
