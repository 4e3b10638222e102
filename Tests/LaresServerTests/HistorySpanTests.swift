import Foundation
import LaresServer
import LaresThings
import Testing

/// Which stretch of time a page shows follows from its address.
struct HistorySpanTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(arguments: [("hour", 3_600), ("day", 86_400), ("week", 604_800), ("month", 2_592_000), ("year", 31_536_000)])
    func aSpanEndsNow(word: String, seconds: Int64) {
        let range = HistorySpan(word, until: nil, now: now).range
        #expect(range.upperBound.milliseconds == 1_800_000_000_000)
        #expect(range.upperBound.milliseconds - range.lowerBound.milliseconds == seconds * 1_000)
    }

    @Test(arguments: [nil, "", "century", "DAY", "'; DROP TABLE"])
    func anyOtherWordIsADay(word: String?) { #expect(HistorySpan(word, until: nil, now: now).length == .day) }

    @Test(arguments: [nil, "", "x", "nan", "inf", "-5", "1e300", "1800000001", "7258118400"])
    func whatIsNoMomentOfThePastIsNow(text: String?) { #expect(HistorySpan("week", until: text, now: now).end == nil) }

    @Test func aMomentOfThePastIsItsEnd() {
        let span = HistorySpan("hour", until: "1700000000", now: now)
        #expect(span.end == Date(timeIntervalSince1970: 1_700_000_000) && span.range.upperBound.milliseconds == 1_700_000_000_000)
        #expect(HistorySpan("year", until: "86400", now: now).range.lowerBound.milliseconds == 0, "there is nothing before 1970")
    }
}
