import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

private let start = Date(timeIntervalSince1970: 1_800_000_000)

private func sign(
    _ series: String = "hall/meter/power", score: Double = 0.6, severity: Alarm.Severity = .major, place: String? = "hall",
    watch: String = "all"
) -> AlarmBook.Sign {
    AlarmBook.Sign(
        watch: watch, place: place.flatMap { AreaID($0) }, severity: severity,
        cause: Alarm.Cause(series: SeriesKey(series)!, value: 900, score: score, model: "ensemble", version: "1"))
}

/// What a book says of an alarm at each minute: "-" none, "r"aised, "a"cknowledged, "s"helved, "c"leared. In the story, "!" is a sign, "A" somebody
/// acknowledges, "S" shelves for three minutes, "C" clears, "." nothing.
private func states(_ story: String, _ rules: AlarmRules = quick) throws -> String {
    var book = AlarmBook(rules)
    var states = ""
    for (minute, act) in story.enumerated() {
        let now = start + Double(minute) * 60
        let number = book.open.first?.number ?? 1
        switch act {
        case "!": book.take(sign(), at: now)
        case "A": try book.acknowledge(number, by: "ada", at: now)
        case "S": try book.shelve(number, until: now + 180, by: "ada", at: now)
        case "C": try book.clear(number, by: "ada", at: now)
        default: break
        }
        book.pass(to: now)
        let latest = (1...9).reversed().lazy.compactMap { book.alarm($0) }.first
        states += latest.map { String($0.state.rawValue.prefix(1)) } ?? "-"
    }
    return states
}

private let quick: AlarmRules = {
    var rules = AlarmRules()
    (rules.settle, rules.reopen, rules.flaps, rules.flapping, rules.together) = (180, 300, 3, 1_800, 600)
    return rules
}()

@Suite struct AlarmBookTests {
    @Test(arguments: [
        (".!..........", "-rrrcccccccc"),
        (".!!!.......", "-rrrrrccccc"),
        (".!A........", "-raaccccccc"),
        (".!S.....", "-rsscccc"),
        ("!S!!!!.", "rsssaaa"),
        ("!C...", "rcccc"),
        // It comes back within five minutes, and is to be seen anew.
        ("!A..!...", "raacrrrc"),
        // The third time it flaps: it stays, and whoever saw it isn't asked again.
        ("!...!...!A.......", "rrrcrrrcraaaaaaaa"),
    ])
    func anAlarmLives(_ story: String, _ expected: String) throws { #expect(try states(story) == expected) }

    @Test func whoClearsMaySayWhy() throws {
        var book = AlarmBook(quick)
        let taken = book.take(sign(), at: start)
        let number = try #require(taken)
        #expect(throws: AlarmError.self) {
            try book.clear(number, by: "ada", because: String(repeating: "a", count: 1_001), at: start + 60)
        }
        #expect(book.alarm(number)?.state == .raised)
        try book.clear(number, by: "ada", because: "the meter was moved", at: start + 60)
        #expect(book.alarm(number)?.json["cleared_because"]?.text == "the meter was moved")
        book.take(sign(), at: start + 120)
        #expect(
            book.alarm(number)?.state == .raised && book.alarm(number)?.clearedBecause == nil, "what came back has no reason to be over")
    }

    @Test func whatComesBackLateIsAnotherAlarm() {
        var book = AlarmBook(quick)
        book.take(sign(), at: start)
        book.pass(to: start + 180)
        book.take(sign(), at: start + 180 + 299)
        #expect(book.open.map(\.number) == [1] && book.alarm(1)?.times == 2)
        book.pass(to: start + 1_000)
        book.take(sign(), at: start + 1_301)
        #expect(book.open.map(\.number) == [2] && book.alarm(2)?.times == 1)
    }

    @Test func itIsAsBadAsItEverWasAndRemembersTheOddest() {
        var book = AlarmBook(quick)
        book.take(sign(score: 0.6), at: start)
        book.take(sign(score: 0.9, severity: .critical), at: start + 10)
        book.take(sign(score: 0.7, severity: .minor), at: start + 20)
        let alarm = book.alarm(1)
        #expect(alarm?.severity == .critical && alarm?.worst.score == 0.9 && alarm?.cause.score == 0.6 && alarm?.lastAt == start + 20)
    }

    @Test func whatIsStillSoIsNotOver() {
        var book = AlarmBook(quick)
        book.take(sign(), at: start)
        for minute in 1...10 {
            book.goOn("all", SeriesKey(thing: "hall/meter", property: "power"), at: start + Double(minute) * 60)
            book.pass(to: start + Double(minute) * 60)
        }
        #expect(book.alarm(1)?.state == .raised && book.alarm(1)?.times == 1)
    }

    @Test func alarmsOfAPlaceOrAThingBelongTogether() {
        var book = AlarmBook(quick)
        book.take(sign("hall/meter/power", place: "hall"), at: start)
        book.take(sign("hall/door/open", place: "hall"), at: start + 60)
        book.take(sign("hall/meter/voltage", place: nil), at: start + 120)
        book.take(sign("attic/fan/speed", place: "attic"), at: start + 180)
        #expect((1...4).map { book.alarm($0)?.incident } == [1, 1, 1, 2])
        #expect(book.incident(1)?.alarms == [1, 2, 3] && book.incident(1)?.things.count == 2)
        // Later than ten minutes after the last it is another.
        book.take(sign("hall/lamp/power", place: "hall"), at: start + 120 + 601)
        #expect(book.alarm(5)?.incident == 3)
    }

    @Test func anIncidentIsOverWithItsLastAlarmAndOpenAgainWithOne() throws {
        var book = AlarmBook(quick)
        book.take(sign("hall/meter/power"), at: start)
        book.take(sign("hall/door/open"), at: start + 60)
        try book.clear(1, by: "ada", at: start + 70)
        #expect(book.incident(1)?.endedAt == nil)
        try book.clear(2, by: "ada", at: start + 80)
        #expect(book.incident(1)?.endedAt == start + 80 && !book.hasOpenIncidents)
        book.take(sign("hall/door/open"), at: start + 90)
        #expect(book.incident(1)?.endedAt == nil && book.alarm(2)?.times == 2)
    }

    @Test func aTimelineTellsWhatFollowedWhat() {
        var book = AlarmBook(quick)
        book.take(sign(), at: start)
        let lamp: PropertyAddress = "hall/lamp/on"
        book.noteAsked(lamp, .boolean(false), in: AreaID("hall"), at: start + 1)
        book.note(
            Change(lamp, from: .boolean(true), to: .boolean(false), at: start + 2, by: Cause(.rule, name: "off-when-odd", command: 7)),
            in: AreaID("hall"))
        book.note(Change("attic/fan/speed", from: nil, to: .number(1), at: start + 3, by: .device), in: AreaID("attic"))
        book.note(TimelineEntry(start + 4, .forecast, "hall/meter/power", "880"), about: ThingID("hall/meter")!, in: nil)
        let line = book.incident(1)?.timeline ?? []
        #expect(line.map(\.kind) == [.reading, .alarm, .command, .rule, .reading, .forecast])
        #expect(line.map(\.because) == [nil, 0, nil, nil, 3, nil])
        #expect(line[3].subject == "off-when-odd" && line[0].what == "900")
    }

    @Test func whatLedToAnAlarmStandsBeforeItByItsTime() {
        var book = AlarmBook(quick)
        book.take(sign("air/no2"), at: start)
        let led = [-30.0, -20, 10].map { TimelineEntry(start + $0, .reading, "traffic/flow", "\(Int($0))") }
        let number = book.take(sign("traffic/flow"), at: start + 20, after: led)
        book.note(905, of: SeriesKey("traffic/flow")!, at: start + 30)
        book.note(1_900, of: SeriesKey("traffic/flow")!, at: start + 40)
        book.note(1_900, of: SeriesKey("traffic/other")!, at: start + 40)
        book.explain(number!, by: [TimelineEntry(start + 5, .forecast, "traffic/flow", "12")])
        let line = book.incident(1)?.timeline ?? []
        #expect(line.map { $0.date.timeIntervalSince(start) } == [-30, -20, 0, 0, 5, 10, 20, 20, 40])
        #expect(line.map(\.kind) == [.reading, .reading, .reading, .alarm, .forecast, .reading, .reading, .alarm, .reading])
        // The alarm followed its reading, and that the forecast that it was judged by.
        #expect(line.map(\.because) == [nil, nil, nil, 2, nil, nil, 4, 6, nil])
        #expect(line.last?.what == "1900")
    }

    @Test func whatMetersSayAllDayIsNotInTheTimeline() {
        var book = AlarmBook(quick)
        book.take(sign(), at: start)
        func say(_ series: PropertyAddress, _ number: Double, _ seconds: Double) {
            book.note(Change(series, from: nil, to: .number(number), at: start + seconds, by: .device), in: AreaID("hall"))
        }
        for second in 1...20 { say("hall/other/power", Double(second), Double(second)) }
        // Of what the alarm is about, a tenth more or less counts: 900 came with the alarm.
        for (second, watts) in [(21.0, 905.0), (22, 950), (23, 1_050), (24, 1_060), (25, 100)] { say("hall/meter/power", watts, second) }
        book.note(Change("hall/door/open", from: nil, to: .boolean(true), at: start + 26, by: .device), in: AreaID("hall"))
        let line = book.incident(1)?.timeline ?? []
        #expect(line.filter { $0.kind == .reading }.map(\.what) == ["900", "1050", "100", "true"])
    }

    @Test func whatHappenedBeforeStandsFirst() {
        var book = AlarmBook(quick)
        let door: PropertyAddress = "hall/door/open"
        book.note(Change(door, from: nil, to: .boolean(false), at: start - 2_000, by: .device), in: AreaID("hall"))
        book.note(TimelineEntry(start - 60, .signal, "hall/meter", "taken-over: anna took it over"), about: ThingID("hall/meter")!, in: nil)
        book.note(Change(door, from: .boolean(false), to: .boolean(true), at: start - 30, by: .device), in: AreaID("hall"))
        book.note(Change("attic/fan/on", from: nil, to: .boolean(true), at: start - 20, by: .device), in: AreaID("attic"))
        book.note(Change("hall/other/power", from: nil, to: .number(7), at: start - 10, by: .device), in: AreaID("hall"))
        book.take(sign(), at: start)
        let line = book.incident(1)?.timeline ?? []
        #expect(line.map(\.kind) == [.signal, .reading, .reading, .alarm])
        #expect(line.map(\.subject) == ["hall/meter", "hall/door/open", "hall/meter/power", "1"] && line.last?.because == 2)
        // Another alarm of the same incident doesn't tell it twice.
        book.take(sign("hall/meter/voltage"), at: start + 1)
        #expect(book.incident(1)?.timeline.filter { $0.kind == .signal }.count == 1)
    }

    @Test func whatIsRememberedHasAnEnd() {
        var rules = quick
        rules.remembered = 10
        var book = AlarmBook(rules)
        for second in 0..<1_000 {
            book.note(
                TimelineEntry(start - Double(1_000 - second) / 10, .signal, "hall/meter", "\(second)"), about: ThingID("hall/meter")!,
                in: nil)
        }
        book.take(sign(), at: start)
        let told = book.incident(1)?.timeline.filter { $0.kind == .signal } ?? []
        #expect((5...10).contains(told.count) && told.last?.what == "999")
    }

    @Test func aTimelineHasAnEnd() {
        var rules = quick
        rules.entries = 10
        var book = AlarmBook(rules)
        book.take(sign(), at: start)
        for step in 0..<50 { book.noteAsked("hall/meter/power", .number(Double(step)), in: nil, at: start + Double(step)) }
        #expect(book.incident(1)?.timeline.count == 10 && book.incident(1)?.further == 42)
    }

    @Test func thereIsAnEndToOpenAlarms() {
        var rules = quick
        rules.open = 5
        var book = AlarmBook(rules)
        for number in 0..<20 { book.take(sign("hall/t\(number)/x"), at: start) }
        #expect(book.open.count == 5)
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        var book = AlarmBook(quick)
        #expect(throws: AlarmError.self) { try book.acknowledge(1, by: "ada", at: start) }
        book.take(sign(), at: start)
        #expect(throws: AlarmError.self) { try book.shelve(1, until: start, by: "ada", at: start) }
        #expect(throws: AlarmError.self) { try book.shelve(1, until: start + 31 * 86_400, by: "ada", at: start) }
        try book.clear(1, by: "ada", at: start)
        #expect(throws: AlarmError.self) { try book.acknowledge(1, by: "ada", at: start) }
    }

    @Test func whatChangedIsAskedForOnceOrAgainWhenItCouldNotBeKept() {
        var book = AlarmBook(quick)
        book.take(sign(), at: start)
        let first = book.takeChanged()
        #expect(first.alarms.count == 1 && first.incidents.count == 1 && book.takeChanged().alarms.isEmpty)
        book.putBack(first.alarms, first.incidents)
        // What isn't kept isn't forgotten either.
        book.pass(to: start + 180)
        book.pass(to: start + 100_000)
        #expect(book.takeChanged().alarms.map(\.state) == [.cleared])
        book.pass(to: start + 100_001)
        #expect(book.alarm(1) == nil && book.incident(1) == nil)
    }
}
