import Foundation
import LaresPlaces
import LaresTesting
import Testing

@Suite struct HolidayCalendarTests {
    private static let text = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VTIMEZONE", "TZID:Europe/Berlin", "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT", "UID:1@test",
        "DTSTART;VALUE=DATE:20201225",
        "DTEND;VALUE=DATE:20201227", "RRULE:FREQ=YEARLY", "SUMMARY:Weihnachten\\, zwei", "  Tage\\; frei",
        "EXDATE;VALUE=DATE:20221225,20231225",
        "BEGIN:VALARM", "TRIGGER:-PT15M", "SUMMARY:no", "END:VALARM", "END:VEVENT", "BEGIN:VEVENT", "UID:1@test",
        "RECURRENCE-ID;VALUE=DATE:20241225",
        "DTSTART;VALUE=DATE:20241224", "DURATION:P1W", "SUMMARY:Moved", "END:VEVENT", "BEGIN:VEVENT",
        "DTSTART;TZID=\"a:b;c\":20210101T100000",
        "SUMMARY:A meeting", "END:VEVENT", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20210501", "STATUS:CANCELLED", "END:VEVENT", "BEGIN:VEVENT",
        "DTSTART;VALUE=DATE:20210601", "RDATE;VALUE=DATE:20210610,20210612", "SUMMARY:Days", "END:VEVENT", "END:VCALENDAR", "",
    ].joined(separator: "\r\n")

    private func days(_ text: String, _ years: ClosedRange<Int> = 2020...2025) throws -> [String] {
        try HolidayCalendar(iCalendar: Array(text.utf8), years: years).days.keys.sorted().map(\.description)
    }

    @Test func allDayEventsBecomeHolidays() throws {
        let calendar = try HolidayCalendar(iCalendar: Array(Self.text.utf8), years: 2020...2025)
        #expect(calendar.skipped == 2)
        #expect(
            calendar.days.keys.sorted().map(\.description) == [
                "2020-12-25", "2020-12-26", "2021-06-01", "2021-06-10", "2021-06-12", "2021-12-25", "2021-12-26", "2024-12-24",
                "2024-12-25",
                "2024-12-26", "2024-12-27", "2024-12-28", "2024-12-29", "2024-12-30", "2025-12-25", "2025-12-26",
            ])
        #expect(calendar.days[try #require(CalendarDay("2020-12-25"))] == "Weihnachten, zwei Tage; frei")
        #expect(calendar.days[try #require(CalendarDay("2024-12-25"))] == "Moved")
    }

    @Test func lineEndsAndByteOrderMarksDoNotMatter() throws {
        #expect(try days("\u{FEFF}" + Self.text.replacing("\r\n", with: "\n")) == days(Self.text))
    }

    @Test(arguments: [
        ("", "VCALENDAR"), ("BEGIN:VEVENT\nEND:VEVENT\n", "line 1"), ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "VEVENT"),
        ("BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2"), ("BEGIN:VCALENDAR\nno property\n", "line 2"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20210230\nEND:VEVENT\nEND:VCALENDAR", "line 3"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:2021\nEND:VEVENT\nEND:VCALENDAR", "line 3"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR", "yearly"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=YEARLY;BYWEEKNO=3\nEND:VEVENT\nEND:VCALENDAR", "BYWEEKNO"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n", "inside another"),
    ])
    func damagedCalendarsAreRefusedByLine(_ text: String, _ expected: String) {
        let error = #expect(throws: ScheduleError.self) { try HolidayCalendar(iCalendar: Array(text.utf8)) }
        #expect(error?.code == .badCalendar && error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test func hugeCalendarsAreRefusedSoon() {
        let event =
            "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20000101\nDURATION:P366D\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366\nEND:VEVENT\n"
        let text = "BEGIN:VCALENDAR\n" + String(repeating: event, count: 5_000) + "END:VCALENDAR\n"
        #expect(throws: ScheduleError.self) { try HolidayCalendar(iCalendar: Array(text.utf8)) }
        let many =
            "BEGIN:VCALENDAR\n" + String(repeating: "BEGIN:VEVENT\nEND:VEVENT\n", count: HolidayCalendar.mostEvents + 1) + "END:VCALENDAR\n"
        #expect(throws: ScheduleError.self) { try HolidayCalendar(iCalendar: Array(many.utf8)) }
        let folded = "BEGIN:VCALENDAR\nX:" + String(repeating: "\n x", count: 70_000)
        #expect(throws: ScheduleError.self) { try HolidayCalendar(iCalendar: Array(folded.utf8)) }
        #expect(throws: ScheduleError.self) {
            try HolidayCalendar(iCalendar: Array(repeating: 0x0A, count: HolidayCalendar.largestText + 1))
        }
    }

    @Test func mutatedCalendarsAreReadOrRefused() {
        var random = Mutations(seed: 5_545), accepted = 0
        for _ in 0..<Mutations.inputs / 5 {
            do throws(ScheduleError) {
                let calendar = try HolidayCalendar(iCalendar: random.mutate(Array(Self.text.utf8)), years: 2000...2040)
                #expect(calendar.days.keys.allSatisfy { (2000...2040).contains($0.parts.year) })
                accepted += 1
            } catch { #expect(error.code == .badCalendar) }
        }
        #expect(accepted > 0 && accepted < Mutations.inputs / 5)
    }
}
