import Dispatch
import Foundation
import Glibc
import LaresTensor
import Synchronization
import Testing

struct ComputePoolTests {
    @Test(arguments: [1, 2, 5]) func everyIndexRunsOnce(threads: Int) {
        withPool(threads: threads) { pool in
            for count in [0, 1, 2, 3, 7, 64, 1000] {
                let seen = (0..<count).map { _ in Counter() }
                pool.forEach(count) { seen[$0].add() }
                #expect(seen.allSatisfy { $0.value == 1 })
            }
        }
    }

    @Test func manyShortLoopsAllFinish() {
        withPool(threads: 3) { pool in
            let total = Counter()
            for _ in 0..<20_000 { pool.forEach(5) { _ in total.add() } }
            #expect(total.value == 100_000)
        }
    }

    @Test func loopsWakeWorkersThatHaveParked() {
        withPool(threads: 2) { pool in
            let total = Counter()
            for _ in 0..<50 {
                pool.forEach(8) { _ in total.add() }
                // Past the 30 µs of spinning: busy work instead of sleeping.
                var x = 1.0
                for i in 1..<60_000 { x += 1 / Double(i) }
                #expect(x > 1)
            }
            #expect(total.value == 400)
        }
    }

    @Test func aLoopInsideALoopRunsInPlace() {
        withPool { pool in
            let total = Counter()
            pool.forEach(10) { _ in pool.forEach(10) { _ in total.add() } }
            #expect(total.value == 100)
        }
    }

    @Test func loopsOfSeveralThreadsAtOnceAllFinish() async {
        let pool = ComputePool(threads: 2)
        let total = Counter()
        await onThreads((0..<8).map { _ in { for _ in 0..<500 { pool.forEach(4) { _ in total.add() } } } })
        pool.close()
        #expect(total.value == 16_000)
    }

    @Test func aClosedPoolComputesOnItsCaller() {
        let pool = ComputePool(threads: 2)
        pool.close()
        pool.close()
        let total = Counter()
        pool.forEach(100) { _ in total.add() }
        #expect(total.value == 100)
    }

    @Test func turnsNestAndExclude() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let inside = WorkClass.allCases.map { _ in Counter() }
        let (done, intrusions) = (Counter(), Counter())
        @Sendable func takeTurn(_ work: Int) {
            inside[work].add()
            // A thread that yields is still inside: only more urgent classes may join it.
            if inside[...work].reduce(0, { $0 + $1.value }) > 1 { intrusions.add() }
            pool.yieldTurn()
            inside[work].subtract()
            done.add()
        }
        await onThreads(
            (0..<6).map { i in
                { for _ in 0..<200 { pool.withTurn(WorkClass.allCases[i % 3]) { pool.withTurn(.batch) { takeTurn(i % 3) } } } }
            })
        #expect(done.value == 1200 && intrusions.value == 0)
    }

    @Test func anUrgentClassIsLetInAtAYield() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (started, acted) = (Counter(), Counter())
        await onThreads([
            {
                pool.withTurn(.batch) {
                    started.add()
                    while acted.value == 0 { pool.yieldTurn() }
                }
            },
            {
                while started.value == 0 { sched_yield() }
                pool.withTurn(.act) { acted.add() }
            },
        ])
        #expect(acted.value == 1)
    }

    @Test func aYieldDoesNotLetEqualsIn() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (started, other, seen) = (Counter(), Counter(), Counter())
        await onThreads([
            {
                pool.withTurn(.chat) {
                    started.add()
                    for _ in 0..<20_000 { pool.yieldTurn() }
                    seen.add(other.value)
                }
            },
            {
                while started.value == 0 { sched_yield() }
                pool.withTurn(.chat) { other.add() }
            },
        ])
        #expect(seen.value == 0 && other.value == 1)
    }

    @Test func aTurnThatIsPassedLetsEqualsInAndComesBack() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (started, other, bulk, seen) = (Counter(), Counter(), Counter(), Counter())
        await onThreads([
            {
                pool.withTurn(.chat) {
                    started.add()
                    while other.value == 0 { pool.passTurn() }
                    for _ in 0..<1_000 { pool.passTurn() }
                    seen.add(bulk.value)
                }
            },
            {
                while started.value == 0 { sched_yield() }
                pool.withTurn(.chat) { other.add() }
            },
            {
                while started.value == 0 { sched_yield() }
                pool.withTurn(.batch) { bulk.add() }
            },
        ])
        #expect(other.value == 1 && seen.value == 0 && bulk.value == 1)
    }

    @Test func packingAMatrixWaitsForAnswers() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (held, loading, done, seen) = (Counter(), Counter(), Counter(), Counter())
        await onThreads([
            {
                pool.withTurn(.chat) {
                    held.add()
                    while loading.value == 0 { sched_yield() }
                    for _ in 0..<20_000 { pool.yieldTurn() }
                    seen.add(done.value)
                }
            },
            {
                while held.value == 0 { sched_yield() }
                loading.add()
                _ = makeMatrix([Float](repeating: 1, count: 1024), rows: 32, columns: 32, pool: pool)
                done.add()
            },
        ])
        #expect(seen.value == 0 && done.value == 1)
    }

    @Test(
        arguments: [
            ("200000 100000\n", 2), ("150000 100000", 2), ("5000 100000\n", 1), ("max 100000\n", nil), ("", nil), ("-1 100000", nil),
            ("1 0", nil),
        ] as [(String, Int?)]) func processorsFollowTheControlGroup(text: String, expected: Int?)
    {
        #expect(Processors.quota(text) == expected)
        #expect(Processors.count >= 1)
    }

    @Test func yieldingWithoutATurnDoesNothing() {
        withPool { pool in
            pool.yieldTurn()
            #expect(pool.withTurn(.act) { 7 } == 7)
        }
    }

    @Test func classesCompareByUrgency() {
        #expect(WorkClass.act < .chat && .chat < .batch)
    }
}

/// Runs bodies on threads of their own, so that one that waits for another never keeps it from running.
private func onThreads(_ bodies: [@Sendable () -> Void]) async {
    let group = DispatchGroup()
    for body in bodies {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }
    await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
}

/// A counter threads share.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add(_ n: Int = 1) { count.add(n, ordering: .sequentiallyConsistent) }
    func subtract() { count.subtract(1, ordering: .sequentiallyConsistent) }
}
