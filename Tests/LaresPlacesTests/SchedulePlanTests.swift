import Foundation
import LaresJSON
import LaresPlaces
import Testing

@Suite struct SchedulePlanTests {
    private func shown(_ triggers: String, rest: String = "", after: String, _ count: Int, site: Site? = nil) throws -> [String] {
        try SchedulePlan("{\"triggers\": [\(triggers)]\(rest)}", at: site ?? .berlin()).shown(after: after, count)
    }

    // Clocks go from 02:00 to 03:00 on 2026-03-29 and from 03:00 back to 02:00 on 2026-10-25.

    @Test func whatTheGapHidesRunsOnceBehindIt() throws {
        let days = try shown(#"{"kind": "cron", "expression": "*/20 2 * * *"}"#, after: "2026-03-28T12:00", 4)
        #expect(days == ["2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00", "2026-03-30T02:20+02:00", "2026-03-30T02:40+02:00"])
    }

    @Test func whatTheRepeatedHourShowsTwiceRunsTheFirstTime() throws {
        let nights = try shown(#"{"kind": "weekly", "from": "02:30"}"#, after: "2026-10-24T12:00", 2)
        #expect(nights == ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"])
    }

    @Test func hourlyCrontabsFollowElapsedTime() throws {
        let autumn = try shown(#"{"kind": "cron", "expression": "30 * * * *"}"#, after: "2026-10-24T23:00", 4)
        #expect(autumn == ["2026-10-25T01:30+02:00", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"])
        let spring = try shown(#"{"kind": "cron", "expression": "30 * * * *"}"#, after: "2026-03-29T00:00", 2)
        #expect(spring == ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"])
    }

    @Test func intervalsFollowElapsedTime() throws {
        let trigger = #"{"kind": "interval", "every": 5400, "from": "2026-03-29T00:00:00+01:00"}"#
        #expect(
            try shown(trigger, after: "2026-03-28T12:00", 4)
                == ["2026-03-29T00:00+01:00", "2026-03-29T01:30+01:00", "2026-03-29T04:00+02:00", "2026-03-29T05:30+02:00"])
    }

    @Test func blocksInsideTheGapBeginAndEndBehindIt() throws {
        let trigger = #"{"kind": "weekly", "days": ["sun"], "from": "02:10", "to": "02:50"}"#
        #expect(
            try shown(trigger, after: "2026-03-28T12:00", 3)
                == ["2026-03-29T03:00+02:00[", "2026-03-29T03:00+02:00]", "2026-04-05T02:10+02:00["])
    }

    @Test func aDayThatClocksSkipRunsAtTheNextOnesBeginning() throws {
        // Samoa had no 30 December 2011.
        let site = Site(zone: try TimeZoneRules("Pacific/Apia"))
        let days = try shown(#"{"kind": "weekly", "from": "07:00"}"#, after: "2011-12-29T00:00", 3, site: site)
        #expect(days == ["2011-12-29T07:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T07:00+14:00"])
    }

    @Test func midnightThatClocksSkipIsTheDaysFirstMoment() throws {
        let site = Site(zone: try TimeZoneRules("America/Havana"))
        let days = try shown(#"{"kind": "weekly", "from": "00:00"}"#, after: "2024-03-09T12:00", 2, site: site)
        #expect(days == ["2024-03-10T01:00-04:00", "2024-03-11T00:00-04:00"])
    }

    @Test func blocksOverMidnightEndAlthoughTheirDayIsOver() throws {
        let trigger = #"{"kind": "weekly", "days": ["fri"], "from": "22:00", "to": "06:00"}"#
        let dates = #", "dates": [{"from": "2026-06-05", "through": "2026-06-05"}]"#
        #expect(
            try shown(trigger, rest: dates, after: "2026-01-01T00:00", 9) == ["2026-06-05T22:00+02:00[", "2026-06-06T06:00+02:00]"])
    }

    @Test func oneBlockEndsBeforeTheNextBegins() throws {
        let (early, late) = (#"{"kind": "weekly", "from": "08:00", "to": "09:00"}"#, #"{"kind": "weekly", "from": "09:00", "to": "10:00"}"#)
        for triggers in [early + "," + late, late + "," + early] {
            #expect(
                try shown(triggers, after: "2026-06-05T00:00", 4)
                    == ["2026-06-05T08:00+02:00[", "2026-06-05T09:00+02:00]", "2026-06-05T09:00+02:00[", "2026-06-05T10:00+02:00]"])
        }
    }

    @Test func whatComesTogetherComesByTrigger() throws {
        let trigger = #"{"kind": "weekly", "from": "08:00"}"#
        let plan = try SchedulePlan("{\"triggers\": [\(trigger), \(trigger), \(trigger)]}", at: .berlin())
        #expect(plan.occurrences(after: moment("2026-06-05T00:00")).prefix(6).map(\.trigger) == [0, 1, 2, 0, 1, 2])
    }

    @Test func oneShotsAreWallTimesOrMoments() throws {
        let triggers = #"{"kind": "once", "at": "2026-12-24T16:00"}, {"kind": "once", "at": "2026-12-24T16:00:05Z"}"#
        #expect(try shown(triggers, after: "2026-06-05T00:00", 4) == ["2026-12-24T16:00+01:00", "2026-12-24T17:00:05+01:00"])
        #expect(try shown(triggers, after: "2026-12-24T16:00:05", 4) == [])
    }

    @Test func sunIsMovedAndHeldWithinBounds() throws {
        let trigger = #"{"kind": "sun", "event": "sunset", "offset": -1800, "not_before": "16:30", "not_after": "20:30", "days": ["wed"]}"#
        let all = try shown(trigger, after: "2026-01-01T00:00", 52)
        #expect(all.count == 52)
        #expect(all[0] == "2026-01-07T16:30+01:00" && all[24] == "2026-06-24T20:30+02:00")
        #expect(all[14].hasPrefix("2026-04-15T19:3"))
    }

    @Test func polarDaysAndNightsHaveNoSunset() throws {
        let site = Site(zone: try TimeZoneRules("Arctic/Longyearbyen"), position: GeographicPosition(latitude: 78.22, longitude: 15.63))
        let days = try shown(#"{"kind": "sun", "event": "sunset"}"#, after: "2026-01-01T00:00", 400, site: site).prefix { $0 < "2027" }
        #expect(days.first?.hasPrefix("2026-02-1") == true)
        #expect(!days.contains { ("2026-04-25"..."2026-08-15").contains($0) || $0 > "2026-10-28" })
        let pole = Site(zone: .utc, position: GeographicPosition(latitude: 90, longitude: 0))
        #expect(try shown(#"{"kind": "sun", "event": "noon"}"#, after: "2026-01-01T00:00", 3, site: pole).count == 3)
        #expect(try shown(#"{"kind": "sun", "event": "sunset"}"#, after: "2026-01-01T00:00", 1, site: pole).count <= 1)
    }

    @Test func sunsetsBehindMidnightComeOnceAnEvening() throws {
        let site = Site(zone: try TimeZoneRules("Atlantic/Reykjavik"), position: GeographicPosition(latitude: 64.1466, longitude: -21.9426))
        let plan = try SchedulePlan(#"{"triggers": [{"kind": "sun", "event": "sunset"}]}"#, at: site)
        let all = plan.occurrences(after: moment("2026-06-01T12:00"), through: moment("2026-07-15T12:00")).map(\.date)
        #expect(all.count == 44)
        #expect(zip(all, all.dropFirst()).allSatisfy { (86_000...86_800).contains($1.timeIntervalSince($0)) })
        let friday = #"{"kind": "sun", "event": "sunset", "days": ["fri"]}"#
        #expect(try shown(friday, after: "2026-06-19T12:00", 1, site: site)[0].hasPrefix("2026-06-20T00:0"))
    }

    @Test func holidaysAreLeftOutOrAloneCount() throws {
        let christmas = HolidayCalendar(days: [try #require(CalendarDay(year: 2026, month: 12, day: 25)): "Christmas"])
        let site = try Site.berlin(holidays: ["de": christmas])
        let trigger = #"{"kind": "weekly", "from": "07:00"}"#
        let without = try shown(trigger, rest: #", "holidays": {"calendars": ["de"]}"#, after: "2026-12-24T00:00", 2, site: site)
        #expect(without == ["2026-12-24T07:00+01:00", "2026-12-26T07:00+01:00"])
        let only = try shown(
            trigger, rest: #", "holidays": {"days": "only", "calendars": ["de"]}"#, after: "2026-12-01T00:00", 2, site: site)
        #expect(only == ["2026-12-25T07:00+01:00"])
        #expect(throws: ScheduleError.self) {
            try shown(trigger, rest: #", "holidays": {"calendars": ["at"]}"#, after: "2026-12-01T00:00", 1)
        }
    }

    @Test func datesHoldOnceOrEveryYear() throws {
        let trigger = #"{"kind": "cron", "expression": "0 12 1 * *"}"#
        let winter = #", "dates": [{"from": "11-15", "through": "02-01"}, {"from": "2026-06-01", "through": "2026-06-30"}]"#
        #expect(
            try shown(trigger, rest: winter, after: "2026-01-15T00:00", 4).map { $0.prefix(10) }
                == ["2026-02-01", "2026-06-01", "2026-12-01", "2027-01-01"])
        let interval = #"{"kind": "interval", "every": 60}"#
        #expect(try shown(interval, rest: winter, after: "2026-02-02T00:00", 1) == ["2026-06-01T00:00+02:00"])
    }

    @Test func pausedAndSwitchedOffSchedulesAreSilent() throws {
        let trigger = #"{"kind": "interval", "every": 60}"#
        #expect(try shown(trigger, rest: #", "enabled": false"#, after: "2026-01-01T00:00", 1) == [])
        let pause = #", "pause_until": "2026-02-01T00:00:00Z""#
        #expect(try shown(trigger, rest: pause, after: "2026-01-01T00:00", 1) == ["2026-02-01T01:00+01:00"])
    }

    @Test func whatNeverComesEnds() throws {
        #expect(try shown(#"{"kind": "cron", "expression": "0 0 30 2 *"}"#, after: "2026-01-01T00:00", 1) == [])
        #expect(try shown(#"{"kind": "cron", "expression": "0 * 31 4 *"}"#, after: "2026-01-01T00:00", 1) == [])
        #expect(try shown(#"{"kind": "cron", "expression": "0 0 29 2 *"}"#, after: "2096-03-01T00:00", 1) == ["2104-02-29T00:00+01:00"])
        #expect(try shown(#"{"kind": "weekly", "from": "00:00"}"#, after: "2199-12-31T12:00", 3).count == 1)
        let plan = try SchedulePlan(
            #"{"triggers": [{"kind": "interval", "every": 1}, {"kind": "weekly", "from": "00:00"}]}"#, at: .berlin())
        #expect(plan.next(after: .distantFuture) == nil)
        #expect(plan.next(after: Date(timeIntervalSince1970: .nan)) == nil)
        #expect(plan.next(after: Date(timeIntervalSince1970: -.infinity)) != nil)
    }

    @Test func whatNeverComesIsFoundOutSoon() throws {
        let pole = Site(zone: .utc, position: GeographicPosition(latitude: 90, longitude: 0))
        let never = [
            #"{"kind": "sun", "event": "dusk", "twilight": "astronomical", "days": ["mon"]}"#,
            #"{"kind": "cron", "expression": "* * 30 2 *"}"#,
            #"{"kind": "cron", "expression": "5 1 31 4 *"}"#, #"{"kind": "once", "at": "1950-01-01T00:00"}"#,
        ]
        let triggers = Array(repeating: never, count: 128).flatMap { $0 }.joined(separator: ", ")
        let plan = try SchedulePlan("{\"triggers\": [\(triggers)]}", at: pole)
        let time = ContinuousClock().measure { #expect(plan.next(after: moment("2026-03-21T00:00")) == nil) }
        #expect(time < .seconds(10))
    }

    @Test func missingPositionsAreToldBeforehand() throws {
        #expect(throws: ScheduleError.self) {
            try SchedulePlan(#"{"triggers": [{"kind": "sun", "event": "dawn"}]}"#, at: Site(zone: .utc))
        }
    }

    @Test func activeBlocksHoldBetweenTheirEdges() throws {
        let plan = try SchedulePlan(
            #"""
            {"triggers": [{"kind": "weekly", "days": ["mon"], "from": "22:00", "to": "06:00", "value": 18},
            {"kind": "weekly", "days": ["tue"], "from": "05:00", "to": "07:00", "value": 21}]}
            """#, at: .berlin())
        func active(_ text: String) -> [Int] { plan.activeBlocks(at: moment(text)).map(\.trigger) }
        #expect(active("2026-06-01T19:59:59") == [] && active("2026-06-01T20:00") == [0] && active("2026-06-02T03:30") == [0, 1])
        #expect(active("2026-06-02T04:00") == [1] && active("2026-06-02T05:00") == [])
        #expect(plan.activeBlocks(at: moment("2026-06-02T04:30"))[0].end == moment("2026-06-02T05:00"))
    }

    @Test func lastLooksBackwards() throws {
        let plan = try SchedulePlan(
            #"{"triggers": [{"kind": "cron", "expression": "0 6 1 * *"}, {"kind": "interval", "every": 7200}]}"#, at: .berlin())
        #expect(plan.last(after: .distantPast, through: moment("2026-06-05T01:00"))?.date == moment("2026-06-05T00:00"))
        let monthly = try SchedulePlan(#"{"triggers": [{"kind": "cron", "expression": "0 6 1 * *"}]}"#, at: .berlin())
        #expect(monthly.last(after: .distantPast, through: moment("2026-06-01T03:59"))?.date == moment("2026-05-01T04:00"))
        #expect(monthly.last(after: moment("2026-05-01T04:00"), through: moment("2026-06-01T03:59")) == nil)
    }

    @Test(arguments: ["Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"])
    func startingAnywhereGivesTheSameMoments(_ zone: String) throws {
        let site = Site(zone: try TimeZoneRules(zone), position: GeographicPosition(latitude: 66, longitude: -30))
        let plan = try SchedulePlan(
            #"""
            {"triggers": [{"kind": "weekly", "from": "23:30", "to": "02:30"}, {"kind": "cron", "expression": "*/30 * * * *"},
            {"kind": "cron", "expression": "15 0-3 * * *"}, {"kind": "sun", "event": "dusk", "offset": 43200}, {"kind": "interval", "every": 4999}],
            "dates": [{"from": "03-01", "through": "12-31"}]}
            """#, at: site)
        let all = Array(plan.occurrences(after: moment("2011-01-01T00:00"), through: moment("2012-04-30T00:00")))
        #expect(all.count > 26_000)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.date <= $1.date })
        for place in stride(from: 0, to: all.count - 40, by: 997) {
            let behind = all[(place + 1)...].drop { $0.date == all[place].date }
            #expect(Array(plan.occurrences(after: all[place].date).prefix(30)) == Array(behind.prefix(30)))
            #expect(plan.next(after: all[place].date - 0.5)?.date == all[place].date)
        }
    }
}
