import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct RuleReplayTests {
    private func change(_ minute: Double, _ address: PropertyAddress, _ value: PropertyValue, _ cause: Cause = .device)
        -> RuleReplay.Recorded
    {
        let date = moment("2026-11-28T18:00") + minute * 60
        return RuleReplay.Recorded(date, .changed(Change(address, from: nil, to: value, at: date, by: cause)))
    }

    private let text = #"""
        {"name": "r", "enabled": false, "when": [{"becomes": "a/door/open", "to": true, "for": "5m"}, {"time": "18:30"}],
        "only": [{"state": "a/lamp/on", "is": false}], "then": [{"set": {"a/lamp/on": true}, "confirm": "5s"}, {"wait": "2m"}, {"notify": "open"}]}
        """#

    @Test func aRuleTellsWhatItWouldHaveDone() throws {
        let door: PropertyAddress = "a/door/open", lamp: PropertyAddress = "a/lamp/on"
        let events = [
            change(1, lamp, false), change(2, door, true), change(4, door, false), change(5, door, true), change(12, lamp, true),
            change(20, door, false),
            change(21, door, true),
        ]
        let world = MemoryWorld(site: Site(zone: .utc))
        let result = try RuleReplay(try Rule(text), over: events, from: world, through: moment("2026-11-28T19:00"))
        #expect(result.deeds.map { $0.date.timeIntervalSince(moment("2026-11-28T18:00")) / 60 } == [10, 12])
        #expect(result.traces.map(\.outcome) == [.acted, .declined, .declined])
        #expect(result.traces.map { $0.date.timeIntervalSince(moment("2026-11-28T18:00")) / 60 } == [10, 26, 30])
    }

    @Test func whatWasKnownBeforeCounts() throws {
        var world = MemoryWorld(site: Site(zone: .utc))
        var state = PropertyState()
        (state.reported, state.changedAt) = (false, moment("2026-11-28T12:00"))
        world.states["a/lamp/on"] = state
        let start = moment("2026-11-28T18:00")
        let result = try RuleReplay(try Rule(text), over: [], from: world, since: start, through: start + 3600)
        #expect(result.deeds.count == 2 && result.traces.map(\.outcome) == [.acted])
    }

    @Test func aReplayOfTooManyMomentsIsCut() throws {
        let text = #"""
            {"name": "often", "when": [{"time": {"kind": "interval", "every": 1}}], "only": [{"days": ["mon"]}, {"days": ["tue"]}],
            "then": [{"fire": "x"}]}
            """#
        let start = moment("2026-11-28T18:00"), world = MemoryWorld(site: Site(zone: .utc))
        let result = try RuleReplay(try Rule(text), over: [], from: world, since: start, through: start + 3_000_000)
        #expect(result.isCut && result.deeds.isEmpty)
        #expect(result.end > start + 900_000 && result.end < start + 1_100_000)
    }

    @Test func modelsAreAskedOnlyIfAnAnswerIsGiven() throws {
        let rule = try Rule(
            #"{"name": "r", "when": [{"webhook": "x"}], "then": [{"call_model": "m", "input": "?", "timeout": "5s"}, {"notify": "{{ answer }}"}]}"#
        )
        let start = moment("2026-11-28T18:00"), world = MemoryWorld(site: Site(zone: .utc))
        let events = [RuleReplay.Recorded(start, .webhook("x", body: nil))]
        let silent = try RuleReplay(rule, over: events, from: world, through: start + 60)
        #expect(silent.deeds.count == 1 && silent.traces.map(\.outcome) == [.failed])
        let told = try RuleReplay(rule, over: events, from: world, through: start + 60) { effect in
            if case .callModel = effect.kind { .answered("yes") } else { .done }
        }
        #expect(told.deeds.last?.effect.kind == .notify("yes", title: nil, to: nil))
    }
}
