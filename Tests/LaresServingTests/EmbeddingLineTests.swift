import LaresServing
import LaresTensor
import Testing

@Suite struct EmbeddingLineTests {
    private func line(queue: Int = 512) -> EmbeddingLine {
        var settings = SchedulerSettings()
        settings.queueLimit = queue
        return EmbeddingLine(settings)
    }

    @Test func aShortListDoesNotWaitForALongOne() {
        var line = line()
        _ = line.submit(id: 1, caller: "a", work: .chat, lengths: [Int](repeating: 10, count: 100))
        _ = line.submit(id: 2, caller: "b", work: .chat, lengths: [10, 10])
        let places = line.next(tokens: 60)
        #expect(places.map(\.id) == [1, 2, 1, 2, 1, 1])
        #expect(places.map(\.text) == [0, 0, 1, 1, 2, 3])
        #expect(line.count == 1)
    }

    @Test func urgentTextsComeFirst() {
        var line = line()
        _ = line.submit(id: 1, caller: "a", work: .batch, lengths: [10, 10])
        _ = line.submit(id: 2, caller: "a", work: .act, lengths: [10])
        #expect(line.next(tokens: 20).map(\.id) == [2, 1])
    }

    @Test func aPassHasAtLeastOneTextAndAtMostSixtyFour() {
        var line = line()
        _ = line.submit(id: 1, caller: "a", work: .chat, lengths: [500] + [Int](repeating: 1, count: 100))
        #expect(line.next(tokens: 256).map(\.text) == [0])
        #expect(line.next(tokens: 256).map(\.text) == Array(1...64))
        #expect(line.next(tokens: 256).count == 36)
        #expect(line.next(tokens: 256).isEmpty && line.count == 0)
    }

    @Test func oneCallerCannotTakeTheWholeLine() {
        var line = line(queue: 4)
        for id in 1...3 { #expect(line.submit(id: id, caller: "a", work: .chat, lengths: [1]) == .queued) }
        #expect(line.submit(id: 4, caller: "a", work: .chat, lengths: [1]) == .full(retryAfter: .seconds(1)))
        #expect(line.submit(id: 5, caller: "b", work: .chat, lengths: [1]) == .queued)
        line.cancel(1)
        #expect(line.submit(id: 6, caller: "a", work: .chat, lengths: [1]) == .queued)
    }
}
