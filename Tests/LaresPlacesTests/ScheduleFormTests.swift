import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import Testing

@Suite struct ScheduleFormTests {
    static let whole = #"""
        {"name": "Heating, office", "triggers": [
        {"kind": "weekly", "days": ["mon", "fri"], "from": "07:00", "to": "18:30:15", "value": {"target": 21.5}},
        {"kind": "weekly", "from": "06:00"},
        {"kind": "once", "at": "2026-12-24T16:00"}, {"kind": "once", "at": "2026-12-24T16:00:00+05:30"},
        {"kind": "interval", "every": 5400, "from": "2026-01-01T00:00:00Z"},
        {"kind": "cron", "expression": "*/15 8-17 * * mon-fri"},
        {"kind": "sun", "event": "dusk", "twilight": "nautical", "offset": -1800, "not_before": "16:30", "not_after": "21:00", "days": ["sat"]}],
        "dates": [{"from": "10-01", "through": "04-30"}, {"from": "2026-07-01", "through": "2026-07-14"}],
        "holidays": {"days": "exclude", "calendars": ["de-be"]}, "enabled": false, "pause_until": "2026-12-27T00:00:00Z",
        "missed": {"policy": "run_once", "within": 3600}}
        """#

    @Test func whatIsWrittenIsReadAsTheSame() throws {
        let schedule = try Schedule(parsing: Array(Self.whole.utf8))
        #expect(schedule.triggers.count == 7 && schedule.pausedUntil == 1_798_329_600 && !schedule.isEnabled)
        #expect(schedule.triggers[3].kind == .once(.instant(1_798_108_200)))
        #expect(try Schedule(schedule.json) == schedule)
        #expect(try Schedule(parsing: schedule.json.data).json == schedule.json)
    }

    @Test(arguments: [
        (#"{}"#, "1 to 512 triggers"), (#"{"triggers": [{"kind": "weekly", "from": "24:00"}]}"#, "triggers[0].from"),
        (#"{"triggers": [{"kind": "weekly", "from": "7:00"}]}"#, "triggers[0].from"),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00", "form": 1}]}"#, "triggers[0].form"),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00", "days": []}]}"#, "triggers[0].days"),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00", "days": ["Mon"]}]}"#, "triggers[0].days"),
        (#"{"triggers": [{"kind": "sometimes"}]}"#, "triggers[0].kind"), (#"{"triggers": [{"from": "07:00"}]}"#, "triggers[0].kind"),
        (#"{"triggers": [{"kind": "once", "at": "2026-02-29T16:00"}]}"#, "triggers[0].at"),
        (#"{"triggers": [{"kind": "once", "at": "2026-02-28T16:00+25:00"}]}"#, "triggers[0].at"),
        (#"{"triggers": [{"kind": "once", "at": "1900-01-01T00:00+01:00"}]}"#, "triggers[0].at"),
        (#"{"triggers": [{"kind": "interval", "every": 0}]}"#, "triggers[0].every"),
        (#"{"triggers": [{"kind": "interval", "every": 9223372036854775807}]}"#, "triggers[0].every"),
        (#"{"triggers": [{"kind": "cron", "expression": "* * * *"}]}"#, "triggers[0].expression"),
        (#"{"triggers": [{"kind": "sun", "event": "sunset", "not_before": "21:00", "not_after": "20:00"}]}"#, "triggers[0].not_before"),
        (#"{"triggers": [{"kind": "sun", "event": "sunset", "offset": 43201}]}"#, "triggers[0].offset"),
        (#"{"triggers": [{"kind": "sun", "event": "sunset", "twilight": "civil"}]}"#, "triggers[0].twilight"),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00"}], "missed": {"policy": "run_once"}}"#, "missed.within"),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00"}], "pause_until": "2026-12-27T00:00"}"#, "pause_until"),
        (
            #"{"triggers": [{"kind": "weekly", "from": "07:00"}], "dates": [{"from": "2026-07-02", "through": "2026-07-01"}]}"#,
            "dates[0].from"
        ),
        (#"{"triggers": [{"kind": "weekly", "from": "07:00"}], "holidays": {"calendars": []}}"#, "holidays.calendars"),
    ])
    func whatIsWrongIsNamed(_ text: String, _ place: String) {
        let error = #expect(throws: ScheduleError.self) { try Schedule(parsing: Array(text.utf8)) }
        #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *", "* * * 13 *", "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *", "1,,2 * * * *", "1- * * * *", "-1 * * * *", "a * * * *", "* * * mon *", "* * * * jan", "1/2/3 * * * *",
        "1-2-3 * * * *", "@reboot",
        "* * * * fri-mon", "١ * * * *", "+1 * * * *", "*-5 * * * *", "99999999999999999999 * * * *", "1/99999999999999999999 * * * *",
    ])
    func damagedCrontabsAreRefused(_ text: String) {
        #expect(throws: ScheduleError.self) { try CronExpression(text) }
    }

    @Test(arguments: [
        ("0 0 * * 7", "0 0 * * 0"), ("0 0 * * sun", "0 0 * * 0"), ("0 0 * * sat-sun", "0 0 * * 0,6"), ("0 0 * * 5-7", "0 0 * * 0,5,6"),
        ("5/20 * * * *", "5,25,45 * * * *"), ("0 0 1 JAN-mar *", "0 0 1 1,2,3 *"), ("@daily", "0 0 * * *"), ("@Weekly", "0 0 * * 0"),
        ("10-30/10 0 * * *", "10,20,30 0 * * *"), ("0\t0  * * *", "@midnight"), ("0 0 * * 1-7/2", "0 0 * * 1,3,5,0"),
    ])
    func crontabsThatMeanTheSameRunTogether(_ a: String, _ b: String) throws {
        let (first, second) = (try CronExpression(a), try CronExpression(b))
        #expect(first.secondsOfDay == second.secondsOfDay)
        let start = try #require(CalendarDay(year: 2024, month: 1, day: 1))
        for day in 0..<800 { #expect(first.matches(start.adding(day)) == second.matches(start.adding(day))) }
    }

    @Test func daysAndTextsAgreeOverAllYears() throws {
        for ordinal in CalendarDay.supported.lowerBound.ordinal...CalendarDay.supported.upperBound.ordinal {
            let day = CalendarDay(ordinal: ordinal), (year, month, date) = day.parts
            guard CalendarDay(year: year, month: month, day: date) == day, CalendarDay(day.description) == day else {
                Issue.record("\(day)")
                return
            }
        }
        #expect(
            CalendarDay.supported.lowerBound.description == "1900-01-01" && CalendarDay.supported.upperBound.description == "2199-12-31")
        #expect(CalendarDay("2026-11-28")?.weekday == .saturday && CalendarDay("2026-11-31") == nil && CalendarDay("2026-1-01") == nil)
    }

    @Test func mutatedSchedulesAreReadOrRefusedAndAlwaysEnd() throws {
        var random = Mutations(seed: 1_105)
        let site = try Site.berlin(holidays: ["de-be": HolidayCalendar(days: [:])])
        let text = Self.whole.replacing("\"enabled\": false", with: "\"enabled\": true")
        var accepted = 0
        for _ in 0..<Mutations.inputs {
            let bytes = random.mutate(Array(text.utf8))
            do throws(ScheduleError) {
                let schedule = try Schedule(parsing: bytes)
                guard try Schedule(schedule.json) == schedule else {
                    Issue.record("\(String(decoding: bytes, as: UTF8.self))")
                    continue
                }
                accepted += 1
                if accepted % 16 == 0 {
                    _ = Array(try SchedulePlan(schedule, at: site).occurrences(after: moment("2026-01-01T00:00")).prefix(20))
                }
            } catch { #expect(!error.message.isEmpty) }
        }
        #expect(accepted > Mutations.inputs / 100 && accepted < Mutations.inputs)
    }
}
