import Foundation
import LaresJSON
import LaresNeural
import LaresServing
import LaresStore
import LaresTensor
import Synchronization
import Testing

/// Something that one thread says and another waits for.
private final class Sign: Sendable {
    private let flag = Atomic(false)
    var isGiven: Bool { flag.load(ordering: .sequentiallyConsistent) }
    func give() { flag.store(true, ordering: .sequentiallyConsistent) }
}

/// Gives back its inputs, after what a test has it do.
private struct EchoModel: ServedModel {
    let signature = NetworkSignature(inputs: [], outputs: [])
    let work: @Sendable (_ rows: Int, _ between: () throws -> Void) throws -> Void

    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        try work(inputs["x"]?.shape.first ?? 0, between)
        return inputs
    }
}

private struct Late: Error {}

/// An engine on a thread of its own, with a version that targets are made of.
private struct Engine: Sendable {
    let engine: NetworkEngine
    let pool: ComputePool
    let version: ModelVersion

    static func with(queueLimit: Int = 4, _ body: (Engine) async throws -> Void) async throws {
        try await withStore { store, home in
            let plan = try NetworkPlan([
                "inputs": [["name": "x", "type": "FP32", "shape": [-1, 1]]], "steps": [["name": "y", "layer": "linear", "outputs": 1]],
                "outputs": [["name": "y"]],
            ])
            let path = home.path + "/network.safetensors"
            try Network(plan).write(to: path)
            let version = try NetworkRegistry(store: store).publish(path, as: "net")
            let pool = ComputePool(threads: 1)
            defer { pool.close() }
            let engine = NetworkEngine(pool: pool, queueLimit: queueLimit)
            async let ended: Void = withCheckedContinuation { continuation in
                Thread {
                    engine.run()
                    continuation.resume()
                }.start()
            }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(Engine(engine: engine, pool: pool, version: version)))
            } catch {
                result = .failure(error)
            }
            engine.stop()
            await ended
            try result.get()
        }
    }

    func target(joinsRows: Bool = false, _ work: @escaping @Sendable (Int, () throws -> Void) throws -> Void) -> LoadedNetwork {
        LoadedNetwork(version, EchoModel(work: work), joinsRows: joinsRows, rowTime: .seconds(1))
    }

    @discardableResult
    func ask(
        _ target: LoadedNetwork, rows: Int = 1, _ work: WorkClass = .chat, departure: Departure = Departure()
    ) async throws -> [String: NetworkValue] {
        let inputs = ["x": NetworkValue.floats((0..<rows).map(Float.init), shape: [rows, 1])]
        return try await withCheckedThrowingContinuation { continuation in
            engine.submit(
                NetworkJob(target: target, inputs: inputs, rows: rows, work: work, departure: departure) { continuation.resume(with: $0) })
        }
    }
}

struct NetworkEngineTests {
    private let end = ContinuousClock.now + .seconds(30)

    @Test func whoIsAsUrgentGetsThePoolBetweenTwoPieces() async throws {
        try await Engine.with { [end] engine in
            let (begun, spoken) = (Sign(), Sign())
            let long = engine.target { _, between in
                begun.give()
                while !spoken.isGiven, .now < end { try between() }
                if !spoken.isGiven { throw Late() }
            }
            Thread { [pool = engine.pool] in
                while !begun.isGiven { sched_yield() }
                pool.withTurn(.chat) { spoken.give() }
            }.start()
            try await engine.ask(long)
        }
    }

    @Test func whatWasGivenUpEndsAtTheNextPieceAndIsNoFailure() async throws {
        try await Engine.with { [end] engine in
            let (begun, departure) = (Sign(), Departure())
            let endless = engine.target { _, between in
                begun.give()
                while .now < end { try between() }
            }
            let answer = Task { try await engine.ask(endless, departure: departure) }
            while !begun.isGiven { await Task.yield() }
            departure.come()
            let error = await #expect(throws: ServingError.self) { try await answer.value }
            #expect(error?.code == .cancelled && endless.statistics.failed == 0)
        }
    }

    @Test func whoLeftBeforeIsNotComputedFor() async throws {
        try await Engine.with { engine in
            let (asked, departure) = (Sign(), Departure())
            departure.come()
            let target = engine.target { _, _ in asked.give() }
            let error = await #expect(throws: ServingError.self) { try await engine.ask(target, departure: departure) }
            #expect(error?.code == .cancelled && !asked.isGiven)
        }
    }

    @Test func aSlowShadowNeitherRefusesNorDelaysWhatPeopleAsk() async throws {
        try await Engine.with(queueLimit: 4) { [end] engine in
            let (begun, freed) = (Sign(), Sign())
            let slow = engine.target { _, between in
                begun.give()
                while !freed.isGiven, .now < end { try between() }
            }
            let quick = engine.target { _, _ in }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await engine.ask(slow, .batch) }
                while !begun.isGiven { await Task.yield() }
                // 64 wait behind it; of those that come beyond, each is refused at once.
                let refused = Atomic(0)
                for _ in 0..<70 {
                    engine.engine.submit(
                        NetworkJob(target: slow, inputs: [:], rows: 1, work: .batch) { result in
                            if case .failure(let error as ServingError) = result, error.code == .queueFull {
                                refused.add(1, ordering: .relaxed)
                            }
                        })
                }
                #expect(refused.load(ordering: .relaxed) == 6)
                for _ in 0..<20 { try await engine.ask(quick) }
                #expect(!freed.isGiven && .now < end && slow.statistics.answered == 0)
                freed.give()
                try await group.waitForAll()
            }
        }
    }

    @Test func manyRowsAreComputedInBlocksAndAnsweredAsOne() async throws {
        try await Engine.with { engine in
            let blocks = Mutex<[Int]>([])
            let answer = try await engine.ask(engine.target(joinsRows: true) { rows, _ in blocks.withLock { $0.append(rows) } }, rows: 200)
            #expect(blocks.withLock { $0 } == [64, 64, 64, 8])
            #expect(answer["x"] == .floats((0..<200).map(Float.init), shape: [200, 1]))
        }
    }
}
