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
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<500 { pool.forEach(4) { _ in total.add() } } }
            }
        }
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
        await withTaskGroup(of: Void.self) { group in
            for i in 0..<6 {
                group.addTask {
                    for _ in 0..<200 {
                        pool.withTurn(WorkClass.allCases[i % 3]) {
                            pool.withTurn(.batch) {
                                inside[i % 3].add()
                                // A thread that yields is still inside: only more urgent classes may join it.
                                if inside[...(i % 3)].reduce(0, { $0 + $1.value }) > 1 { intrusions.add() }
                                pool.yieldTurn()
                                inside[i % 3].subtract()
                                done.add()
                            }
                        }
                    }
                }
            }
        }
        #expect(done.value == 1200 && intrusions.value == 0)
    }

    @Test func anUrgentClassIsLetInAtAYield() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (started, acted) = (Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                pool.withTurn(.batch) {
                    started.add()
                    while acted.value == 0 { pool.yieldTurn() }
                }
            }
            group.addTask {
                while started.value == 0 { await Task.yield() }
                pool.withTurn(.act) { acted.add() }
            }
        }
        #expect(acted.value == 1)
    }

    @Test func aYieldDoesNotLetEqualsIn() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (started, other, seen) = (Counter(), Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                pool.withTurn(.chat) {
                    started.add()
                    for _ in 0..<20_000 { pool.yieldTurn() }
                    seen.add(other.value)
                }
            }
            group.addTask {
                while started.value == 0 { await Task.yield() }
                pool.withTurn(.chat) { other.add() }
            }
        }
        #expect(seen.value == 0 && other.value == 1)
    }

    @Test func packingAMatrixWaitsForAnswers() async {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let (held, loading, done, seen) = (Counter(), Counter(), Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                pool.withTurn(.chat) {
                    held.add()
                    while loading.value == 0 {}
                    for _ in 0..<20_000 { pool.yieldTurn() }
                    seen.add(done.value)
                }
            }
            group.addTask {
                while held.value == 0 { await Task.yield() }
                loading.add()
                _ = makeMatrix([Float](repeating: 1, count: 1024), rows: 32, columns: 32, pool: pool)
                done.add()
            }
        }
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

/// A counter threads share.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add(_ n: Int = 1) { count.add(n, ordering: .sequentiallyConsistent) }
    func subtract() { count.subtract(1, ordering: .sequentiallyConsistent) }
}
