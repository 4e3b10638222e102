import Foundation
import LaresJSON
import LaresPlaces
import Testing

/// Against croniter, zoneinfo, astral, dateutil and holidays: 26 zones, ten years.
@Suite struct ScheduleGoldenTests {
    private static func digest(_ instants: [Int]) -> String {
        let hash = instants.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64(bitPattern: Int64($1))) &* 0x100_0000_01B3 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func span(_ golden: JSON, in zone: TimeZoneRules) throws -> (after: Date, through: Date) {
        let first = try #require(CalendarDay(golden["from"]?.text ?? "")), last = try #require(CalendarDay(golden["through"]?.text ?? ""))
        let seconds = [first.ordinal, last.ordinal + 1].map { Double(zone.instant(wall: $0 * 86_400) - 1) }
        return (Date(timeIntervalSince1970: seconds[0]), Date(timeIntervalSince1970: seconds[1]))
    }

    @Test func cronRunsWhenCroniterSaysInEveryZone() throws {
        let golden = try Golden.schedules(), cases = golden["cron"]?.elements ?? []
        #expect(cases.count >= 300)
        var count = 0
        for crontab in cases {
            let (text, name) = (crontab["cron"]?.text ?? "", crontab["zone"]?.text ?? "")
            let zone = try TimeZoneRules(name), (after, through) = try Self.span(golden, in: zone)
            let schedule = try Schedule(triggers: [Trigger(.cron(CronExpression(text)))])
            let plan = try SchedulePlan(schedule, at: Site(zone: zone))
            let instants = plan.occurrences(after: after, through: through).map { Int($0.date.timeIntervalSince1970) }
            count += instants.count
            #expect(instants.first == crontab["first"]?.whole && instants.last == crontab["last"]?.whole, "\(text) in \(name)")
            #expect(instants.count == crontab["count"]?.whole, "\(text) in \(name)")
            #expect(Self.digest(instants) == crontab["hash"]?.text, "\(text) in \(name)")
        }
        print("\(count) occurrences of \(cases.count) crontabs are the same")
    }

    @Test func sunIsWithinAMinuteOfAstral() throws {
        let golden = try Golden.schedules(), every = golden["every"]?.whole ?? 1, places = golden["sun"]?.elements ?? []
        #expect(places.count >= 20)
        let first = try #require(CalendarDay(golden["from"]?.text ?? ""))
        var (worst, count) = ([SunEvent: Int](), 0)
        for place in places {
            let position = try #require(
                GeographicPosition(latitude: place["latitude"]?.number ?? 0, longitude: place["longitude"]?.number ?? 0))
            let zone = try TimeZoneRules(place["zone"]?.text ?? ""), site = Site(zone: zone, position: position)
            let (after, through) = try Self.span(golden, in: zone)
            for event in SunEvent.allCases {
                let plan = try SchedulePlan(Schedule(triggers: [Trigger(.sun(#require(SunTrigger(event))))]), at: site)
                let ours = plan.occurrences(after: after - 172_800, through: through + 172_800).map { Int($0.date.timeIntervalSince1970) }
                let theirs = (place[event.rawValue]?.elements ?? []).enumerated().compactMap { index, seconds in
                    seconds.whole.map { $0 + (first.ordinal + index * every) * 86_400 }
                }
                let error = largestError(ours, theirs)
                #expect(error <= 60, "\(event) in \(zone.identifier)")
                worst[event] = max(worst[event] ?? 0, error)
                count += theirs.count
            }
        }
        print("worst errors of \(count): " + worst.map { "\($0.rawValue) \($1) s" }.sorted().joined(separator: ", "))
    }

    /// How far one of theirs is at most from the nearest of ours, in seconds.
    private func largestError(_ ours: [Int], _ theirs: [Int]) -> Int {
        var (worst, at) = (0, 0)
        for moment in theirs {
            while at + 1 < ours.count, abs(ours[at + 1] - moment) <= abs(ours[at] - moment) { at += 1 }
            worst = max(worst, ours.isEmpty ? .max : abs(ours[at] - moment))
        }
        return worst
    }

    /// Where astral has nothing on a day in the middle of a polar day or night, neither have we.
    @Test func polarDaysAndNightsAreAstrals() throws {
        let golden = try Golden.schedules(), every = golden["every"]?.whole ?? 1
        let first = try #require(CalendarDay(golden["from"]?.text ?? ""))
        var empty = 0
        for place in golden["sun"]?.elements ?? [] {
            let position = try #require(
                GeographicPosition(latitude: place["latitude"]?.number ?? 0, longitude: place["longitude"]?.number ?? 0))
            let site = Site(zone: try TimeZoneRules(place["zone"]?.text ?? ""), position: position)
            for event in SunEvent.allCases {
                let plan = try SchedulePlan(Schedule(triggers: [Trigger(.sun(#require(SunTrigger(event))))]), at: site)
                let days = (place[event.rawValue]?.elements ?? []).map { $0 == .null }
                let reach = max(1, 29 / every)
                for index in days.indices.dropFirst(reach).dropLast(reach) where days[(index - reach)...(index + reach)].allSatisfy({ $0 })
                {
                    let noon = Date(timeIntervalSince1970: Double((first.ordinal + index * every) * 86_400 + 43_200))
                    #expect(
                        plan.occurrences(after: noon - 43_200, through: noon + 43_200).first(where: { _ in true }) == nil,
                        "\(event) at \(noon)")
                    empty += 1
                }
            }
        }
        #expect(empty > 100)
    }

    @Test func yearlyRulesGiveTheDaysOfDateutil() throws {
        let rules = try Golden.schedules()["rules"]?.elements ?? []
        #expect(rules.count >= 14)
        for golden in rules {
            let (start, rule) = (golden["start"]?.text ?? "", golden["rule"]?.text ?? "")
            let text =
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:\(start)\r\nRRULE:\(rule)\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            let calendar = try HolidayCalendar(iCalendar: Array(text.utf8), years: 1999...2030)
            let days = calendar.days.keys.sorted().map { $0.description.filter { $0 != "-" } }
            #expect(days == golden["days"]?.elements?.compactMap(\.text), "\(rule)")
        }
    }

    @Test func publicHolidaysAreImportedAsTheirSourceListsThem() throws {
        let calendars = try Golden.schedules()["calendars"]?.elements ?? []
        #expect(calendars.count >= 4)
        for golden in calendars {
            let calendar = try HolidayCalendar(iCalendar: Array((golden["text"]?.text ?? "").utf8), years: 2024...2025)
            #expect(calendar.days.keys.sorted().map(\.description) == golden["days"]?.elements?.compactMap(\.text))
            #expect(calendar.skipped == 0 && calendar.days.values.allSatisfy { !$0.isEmpty })
        }
    }
}
