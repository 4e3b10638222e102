import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// What follows from an event of somebody who may not start trusted rules.
@Suite struct RuleDoubtTests {
    private func theatre(_ rules: String...) throws -> RuleTheatre {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        for text in rules { try theatre.engine.set(try Rule(text), at: theatre.now, in: theatre.world) }
        return theatre
    }

    private let unlocking = #"{"id": "b", "name": "b", "when": [{"event": "ring"}], "then": [{"set": {"a/door/locked": false}}]}"#

    @Test(arguments: [false, true])
    func anEventIsDoubtedAsWhoeverBroughtItAboutIs(isDoubted: Bool) throws {
        for event in [
            RuleEvent.webhook("go", body: nil, by: Cause(.principal, name: "tablet"), isDoubted: isDoubted),
            .fired("timer", data: nil, by: Cause(.time), isDoubted: isDoubted), .answered(model: "eye", answer: 1, isDoubted: isDoubted),
        ] {
            var theatre = try theatre(
                #"{"name": "a", "when": [{"webhook": "go"}, {"event": "timer"}, {"model": "eye"}], "then": [{"notify": "x"}]}"#)
            try theatre.tell(event)
            #expect(theatre.deeds.map(\.isDoubted) == [isDoubted])
        }
    }

    @Test func aRuleInBetweenMakesItNoBetter() throws {
        var theatre = try theatre(#"{"name": "a", "when": [{"webhook": "go"}], "then": [{"wait": "5m"}, {"fire": "ring"}]}"#, unlocking)
        try theatre.tell(.webhook("go", body: nil, isDoubted: true))
        try theatre.restart()
        try theatre.pass(to: theatre.now + 301)
        #expect(theatre.deeds.count == 2 && theatre.deeds.allSatisfy(\.isDoubted))
        try theatre.tell(.fired("ring", data: nil, by: .device))
        #expect(theatre.deeds.last?.isDoubted == false, "what comes from elsewhere isn't")
    }

    @Test func whatIsWaitedForIsDoubtedToo() throws {
        let rule =
            #"{"name": "a", "when": [{"webhook": "go"}], "then": [{"wait_for": [{"webhook": "on"}], "timeout": "1h"}, {"wait": "1m"}, {"notify": "x"}]}"#
        var theatre = try theatre(rule)
        try theatre.tell(.webhook("go", body: nil))
        try theatre.tell(.webhook("on", body: nil, isDoubted: true))
        try theatre.restart()
        try theatre.pass(to: theatre.now + 61)
        #expect(theatre.deeds.map(\.isDoubted) == [true])
    }
}
