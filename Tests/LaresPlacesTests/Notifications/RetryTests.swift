import Foundation
import LaresJSON
import LaresPlaces
import Testing

/// How tries follow each other, without a clock or a network.
@Suite struct RetryTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func delivery(patience: TimeInterval = 86_400) -> Delivery {
        let notice = Notice(date: start, text: "text", title: nil, recipient: nil, rule: "rule")
        return Delivery(
            number: 1, target: "phone", recipient: nil, key: "key", content: .notice(notice, language: .english), isUrgent: false,
            createdAt: start, expiresAt: start + patience, state: .queued, dueAt: start, attempts: 0)
    }

    /// When it is tried until it is given up, in seconds, if every try fails at once.
    private func tries(_ delivery: Delivery, chance: Double = 0, asked: Double? = nil, most: Int = 40) -> [Int] {
        var (delivery, times) = (delivery, [Int]())
        while delivery.state == .queued, times.count < most {
            times.append(Int(delivery.dueAt.timeIntervalSince(start)))
            delivery.begin()
            delivery.finish(.failed("no answer", retryAfter: asked), at: delivery.dueAt, by: RetryPolicy(), chance: chance)
        }
        return times
    }

    @Test func waitsDoubleUpToAnHourAndEndAfterADay() {
        let times = tries(delivery())
        #expect(times.prefix(11) == [0, 10, 30, 70, 150, 310, 630, 1270, 2550, 5110, 8710])
        #expect(times.last == 8710 + 21 * 3600)
        #expect(times.count == 32)
    }

    @Test func chanceTakesAwayUpToAQuarter() {
        #expect(tries(delivery(), chance: 1).prefix(4) == [0, 7, 22, 52])
    }

    @Test func aServerIsLeftAloneAsLongAsItAsks() {
        #expect(tries(delivery(patience: 1000), asked: 400) == [0, 400, 800])
        #expect(tries(delivery(patience: 1000), asked: 1) == [0, 10, 30, 70, 150, 310, 630])
    }

    @Test func whatIsGivenUpSaysWhyAndHowOftenItWasTried() {
        var delivery = delivery(patience: 5)
        delivery.begin()
        #expect(delivery.state == .sending)
        delivery.finish(.failed("no answer"), at: start + 1, by: RetryPolicy(), chance: 0)
        #expect(delivery.state == .failed)
        #expect(delivery.reason == "given up at try 1: no answer")
        #expect(delivery.endedAt == start + 1)
    }

    @Test func whatIsRefusedIsNotTriedAgain() {
        var delivery = delivery()
        delivery.begin()
        delivery.finish(.refused("no such\r\nuser \u{7}"), at: start, by: RetryPolicy(), chance: 0)
        #expect(delivery.state == .failed)
        #expect(delivery.reason == "no such user ")
    }

    @Test(arguments: [
        (200, SendOutcome.sent), (204, .sent), (302, .refused("")), (400, .refused("")), (401, .refused("")), (404, .refused("")),
        (408, .failed("")), (410, .refused("")), (429, .failed("")), (500, .failed("")), (503, .failed("")), (103, .refused("")),
    ])
    func statusesMeanWhatHTTPSays(status: Int, expected: SendOutcome) {
        switch (SendOutcome(status: status, retryAfter: nil), expected) {
        case (.sent, .sent), (.refused, .refused), (.failed(_, nil), .failed): break
        case (let outcome, _): Issue.record("\(status) means \(outcome)")
        }
    }

    @Test(arguments: [
        ("120", 120.0), ("0", 0), ("Sun, 29 Nov 2026 10:00:30 GMT", 30), ("Sun, 29 Nov 2026 09:00:00 GMT", 0), ("-1", nil), ("1e9", nil),
        ("", nil), ("9999999999", nil), ("Sun, 31 Nov 2026 10:00:30 GMT", nil), ("soon", nil),
    ])
    func retryAfterIsSecondsOrADate(text: String, expected: Double?) {
        let now = Date(timeIntervalSince1970: 1_795_946_400)  // 2026-11-29 10:00 UTC
        guard case .failed(_, let asked) = SendOutcome(status: 503, retryAfter: text, now: now) else {
            Issue.record("503 is tried again")
            return
        }
        #expect(asked == expected)
    }
}
