import LaresNeural
import LaresServing
import LaresTensor
import Testing

struct BatchLineTests {
    private let start = ContinuousClock.now

    private func line(_ entries: [(id: Int, key: String, rows: Int, work: WorkClass)], delay: Duration = .zero) -> BatchLine<String> {
        var line = BatchLine<String>()
        for (place, entry) in entries.enumerated() {
            line.add(
                .init(
                    id: entry.id, key: entry.key, rows: entry.rows, work: entry.work, arrived: start + .microseconds(place),
                    limits: BatchLimits(rows: 8, delay: delay)))
        }
        return line
    }

    /// Every step until nothing is left.
    private func steps(_ line: BatchLine<String>) -> [[Int]] {
        var line = line, steps: [[Int]] = []
        while case .compute(let ids) = line.next(at: start + .seconds(1)) { steps.append(ids) }
        return steps
    }

    @Test func whatFitsTogetherIsComputedTogetherInTheOrderItCame() {
        let line = line([(1, "a", 1, .chat), (2, "b", 1, .chat), (3, "a", 2, .chat), (4, "a", 1, .chat)])
        #expect(steps(line) == [[1, 3, 4], [2]])
    }

    @Test func noStepHasMoreRowsThanAreAllowedUnlessOneRequestHas() {
        let line = line([(1, "a", 5, .chat), (2, "a", 3, .chat), (3, "a", 1, .chat), (4, "a", 20, .chat), (5, "a", 1, .chat)])
        #expect(steps(line) == [[1, 2], [3], [4], [5]])
    }

    @Test func urgentRequestsGoFirst() {
        let line = line([(1, "a", 1, .batch), (2, "b", 1, .chat), (3, "c", 1, .act)])
        #expect(steps(line) == [[3], [2], [1]])
    }

    @Test func betweenTwoPiecesOnlyTheMoreUrgentAreTaken() {
        var line = line([(1, "a", 1, .batch), (2, "b", 1, .chat), (3, "c", 1, .act)])
        let steps = [WorkClass.act, .chat, .chat, .batch, .batch].map { line.next(at: start + .seconds(1), before: $0) }
        #expect(steps == [.rest, .compute([3]), .rest, .compute([2]), .rest])
        #expect(line.count == 1)
    }

    @Test func aDelayIsWaitedForUnlessTheStepIsFull() {
        var waiting = line([(1, "a", 1, .chat), (2, "a", 1, .chat)], delay: .milliseconds(5))
        let steps = [1, 5, 5].map { waiting.next(at: start + .milliseconds($0)) }
        #expect(steps == [.wait(until: start + .milliseconds(5)), .compute([1, 2]), .rest])
        var full = line([(1, "a", 4, .chat), (2, "a", 4, .chat)], delay: .seconds(5))
        let step = full.next(at: start + .milliseconds(1))
        #expect(step == .compute([1, 2]))
    }
}

struct NetworkRowsTests {
    private let parts: [NetworkValue] = [
        .floats([1, 2, 3, 4], shape: [2, 2]), .floats([5, 6], shape: [1, 2]), .floats([7, 8, 9, 10, 11, 12], shape: [3, 2]),
    ]

    @Test func joiningAndSplittingGiveBackWhatWasThere() throws {
        let joined = try #require(NetworkValue.joined(parts))
        #expect(joined.shape == [6, 2])
        #expect(joined.split([2, 1, 3]) == parts)
        #expect(joined.split([2, 1]) == nil)
    }

    @Test func rowsOfOtherSizesAreNotJoined() {
        #expect(NetworkValue.joined([parts[0], .floats([1], shape: [1, 1])]) == nil)
        #expect(NetworkValue.joined([.floats([1], shape: [])]) == nil)
    }

    @Test func differencesAreTheLargest() {
        #expect(parts[0].difference(from: .floats([1, 2.5, 3, 3], shape: [2, 2])) == 1)
        #expect(parts[0].difference(from: parts[0]) == nil)
        #expect(parts[0].difference(from: parts[1]) == .infinity)
    }
}

struct RolloutTallyTests {
    @Test(arguments: [1, 7, 20, 33, 50, 99, 100])
    func aTrialTakesExactlyItsPercentOfEveryHundred(percent: Int) {
        var tally = RolloutTally()
        for _ in 0..<3 {
            var taken = 0
            for _ in 0..<100 where tally.takesNext(percent) { taken += 1 }
            #expect(taken == percent)
        }
    }

    @Test func itIsTakenBackWhenTooManyFailAndNotBeforeEnoughAnswers() {
        let rollout = Rollout(number: 2, kind: .canary, percent: 10, errorShare: 0.2, least: 5)
        var tally = RolloutTally()
        let ends = [true, false, false, false, false, true].map { tally.count(isFailure: $0, rollout) }
        #expect(ends == [false, false, false, false, false, true], "one of five is allowed, two of six are not")
    }

    @Test(arguments: [0, 20, 1_000, 100_000])
    func aTrialThatBreaksIsTakenBackHoweverLongItWasGood(before: Int) {
        let rollout = Rollout(number: 2, kind: .canary, percent: 10)
        var tally = RolloutTally()
        for _ in 0..<before { _ = tally.count(isFailure: false, rollout) }
        var failures = 1
        while failures < 1_000, !tally.count(isFailure: true, rollout) { failures += 1 }
        // More than a twentieth of the last 200, or of the 20 that are waited for.
        #expect(failures == [0: 20, 20: 2, 1_000: 11, 100_000: 11][before])
        #expect(tally.answers == before + failures && tally.failures == failures, "figures are of all answers")
    }

    @Test func failuresOfLongAgoAreForgotten() {
        let rollout = Rollout(number: 2, kind: .canary, percent: 10)
        var tally = RolloutTally()
        let ends = (0..<5_000).map { tally.count(isFailure: $0 % 25 == 24, rollout) }
        #expect(!ends.contains(true) && tally.failures == 200, "one of 25 is allowed for ever")
    }

    @Test func aTrialThatWaitsForManyAnswersIsJudgedByAsMany() {
        let rollout = Rollout(number: 2, kind: .canary, percent: 10, errorShare: 0.5, least: 1_000)
        var tally = RolloutTally()
        let ends = (0..<1_502).map { tally.count(isFailure: $0 >= 1_000, rollout) }
        #expect(ends.firstIndex(of: true) == 1_500)
    }

    @Test func otherLabelsAreCountedBesideTheLargestDifferenceOfNumbers() {
        let rollout = Rollout(number: 2, kind: .shadow, percent: 100)
        var tally = RolloutTally()
        for (difference, disagrees) in [(Float(0.5), false), (0.25, true), (0, true)] {
            _ = tally.count(isFailure: false, difference: difference, disagrees: disagrees, rollout)
        }
        #expect(tally.answers == 3 && tally.difference == 0.5 && tally.disagreements == 2)
    }
}

struct ShadowBacklogTests {
    @Test func noMoreThan64WaitAndPlacesComeBack() {
        var backlog = ShadowBacklog()
        let taken = (0..<70).map { _ in backlog.take(100) }
        #expect(taken == (0..<70).map { $0 < 64 })
        backlog.end(100)
        let again = [backlog.take(100), backlog.take(100)]
        #expect(again == [true, false])
    }

    @Test func largeInputsWaitOneByOne() {
        var backlog = ShadowBacklog()
        let taken = [backlog.take(100 << 20), backlog.take(1)]
        #expect(taken == [true, false], "one alone may be of any size")
        backlog.end(100 << 20)
        let smaller = [backlog.take(60 << 20), backlog.take(4 << 20), backlog.take(1)]
        #expect(smaller == [true, true, false])
    }

    @Test func valuesSayWhatTheyTake() {
        #expect(NetworkValue.floats([1, 2, 3], shape: [3]).byteCount == 12)
        #expect(NetworkValue.integers([1, 2], shape: [2]).byteCount == 16)
        #expect(NetworkValue.strings([String(repeating: "x", count: 1_000)], shape: [1]).byteCount >= 1_000)
    }
}
