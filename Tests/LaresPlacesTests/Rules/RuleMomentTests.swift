import Foundation
import LaresPlaces
import Testing

/// The moments that a rule names beforehand: those of its times that its conditions on times and days let through. The clock stands at
/// 2027-01-15T08:00:00Z, a Friday, 09:00 in Berlin.
@Suite struct RuleMomentTests {
    private let place: MovingHome
    private let automations: Automations

    init() throws {
        place = try MovingHome()
        automations = try Automations(
            home: place.home, store: RuleStore(place.store), site: .berlin(holidays: HolidayCalendar.builtIn), clock: MovingHome.clock)
    }

    private func rule(_ when: String, _ only: String = "[]") throws -> Rule {
        try Rule(parsing: Array(#"{"name": "r", "when": \#(when), "only": \#(only), "then": {"notify": "x"}}"#.utf8))
    }

    private func next(_ when: String, _ only: String = "[]", count: Int = 3) throws -> [String] {
        try automations.moments(of: rule(when, only), count: count).map { $0.formatted(.iso8601) }
    }

    private struct Case: CustomTestStringConvertible {
        let when: String
        let only: String
        let next: [String]
        var testDescription: String { only }
    }

    private static let seven = #"{"time": "07:00"}"#

    private static let cases = [
        Case(when: seven, only: "[]", next: ["2027-01-16T06:00:00Z", "2027-01-17T06:00:00Z", "2027-01-18T06:00:00Z"]),
        Case(when: seven, only: #"{"days": ["sat"]}"#, next: ["2027-01-16T06:00:00Z", "2027-01-23T06:00:00Z", "2027-01-30T06:00:00Z"]),
        Case(
            when: seven, only: #"{"not": {"days": ["sat", "sun"]}}"#,
            next: ["2027-01-18T06:00:00Z", "2027-01-19T06:00:00Z", "2027-01-20T06:00:00Z"]),
        Case(
            when: seven, only: #"{"holidays": ["de-be"]}"#, next: ["2027-03-08T06:00:00Z", "2027-03-26T06:00:00Z", "2027-03-29T05:00:00Z"]),
        Case(
            when: seven, only: #"{"any": [{"days": ["sat"]}, {"state": "a/b/c", "is": true}]}"#,
            next: ["2027-01-16T06:00:00Z", "2027-01-17T06:00:00Z", "2027-01-18T06:00:00Z"]),
        Case(
            when: seven, only: #"[{"days": ["sat"]}, {"state": "a/b/c", "is": true}]"#,
            next: ["2027-01-16T06:00:00Z", "2027-01-23T06:00:00Z", "2027-01-30T06:00:00Z"]),
        Case(
            when: seven, only: #"{"dates": {"from": "02-28", "through": "02-28"}}"#,
            next: ["2027-02-28T06:00:00Z", "2028-02-28T06:00:00Z", "2029-02-28T06:00:00Z"]),
        Case(when: seven, only: #"{"between": ["08:00", "20:00"]}"#, next: []),
        Case(when: seven, only: #"{"dates": {"from": "2020-01-01", "through": "2020-12-31"}}"#, next: []),
        Case(
            when: #"{"time": {"kind": "cron", "expression": "*/10 * * * *"}}"#,
            only: #"[{"between": ["22:00", "22:20"]}, {"days": ["sun"]}]"#,
            next: ["2027-01-17T21:00:00Z", "2027-01-17T21:10:00Z", "2027-01-24T21:00:00Z"]),
        Case(
            when: #"[{"time": "07:00", "id": "early"}, {"time": "21:00", "id": "late"}]"#, only: #"{"triggered_by": ["late"]}"#,
            next: ["2027-01-15T20:00:00Z", "2027-01-16T20:00:00Z", "2027-01-17T20:00:00Z"]),
        Case(
            when: #"{"time": {"kind": "weekly", "days": ["sat"], "from": "07:00", "to": "09:00"}}"#, only: "[]",
            next: ["2027-01-16T06:00:00Z", "2027-01-23T06:00:00Z", "2027-01-30T06:00:00Z"]),
    ]

    @Test(arguments: cases) private func conditionsOnTimesAndDaysLetMomentsThrough(_ one: Case) throws {
        #expect(try next(one.when, one.only) == one.next)
    }

    @Test(arguments: [
        (#"[]"#, false), (#"{"days": ["sat"]}"#, false), (#"{"not": {"any": [{"between": ["22:00", "sunrise"]}]}}"#, false),
        (#"{"state": "a/b/c", "is": true}"#, true), (#"{"any": [{"days": ["sat"]}, {"template": "{{ true }}"}]}"#, true),
    ])
    func whatMoreMayHoldItBackIsSaid(_ only: String, _ isConditional: Bool) throws {
        #expect(try rule(Self.seven, only).isConditional == isConditional)
    }

    @Test func manyTimesThatNeverComeEndTheSearch() throws {
        #expect(try next(#"{"time": {"kind": "interval", "every": 1}}"#, #"{"between": ["03:00", "03:01"]}"#) == [])
    }
}
