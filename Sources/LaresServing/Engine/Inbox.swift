import Dispatch
import LaresLanguage
import LaresTensor
import Synchronization

/// What the world asks of the engine.
enum EngineOrder: Sendable {
    case addLanguage(name: String, LanguageModel, Handover<KVCache>, kept: KeptPrefixes?)
    case addEmbedding(name: String, EmbeddingModel)
    /// Forget a model; the closure is called when its memory is free.
    case drop(name: String, done: @Sendable () -> Void)
    case generate(GenerationJob, reply: @Sendable (Submission) -> Void)
    case embed(EmbeddingJob)
    case cancel(model: String, id: Int)
    /// Finish what is there, then end.
    case drain
    /// End now.
    case stop
}

extension EngineOrder {
    /// Whether it brings work of the most urgent class.
    fileprivate var isAct: Bool {
        if case .generate(let job, _) = self { job.work == .act } else { false }
    }
}

/// The way into the engine thread: orders from anywhere, read by one.
final class Inbox: Sendable {
    private struct State {
        var orders: [EngineOrder] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)
    private let acts = Atomic<Int>(0)

    /// Whether a command waits among the orders.
    var hasAct: Bool { acts.load(ordering: .relaxed) > 0 }

    /// Leaves an order; false when the engine has ended.
    @discardableResult
    func post(_ order: EngineOrder) -> Bool {
        let isTaken = state.withLock { state in
            if state.isClosed { return false }
            state.orders.append(order)
            if order.isAct { acts.add(1, ordering: .relaxed) }
            return true
        }
        if isTaken { bell.signal() }
        return isTaken
    }

    /// Takes every order. With `waiting`, blocks until there is one.
    func take(waiting: Bool) -> [EngineOrder] {
        if waiting { bell.wait() }
        return state.withLock { state in
            acts.store(0, ordering: .relaxed)
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// Refuses orders from now on, and gives those that nobody read.
    func close() -> [EngineOrder] {
        state.withLock { state in
            state.isClosed = true
            defer { state.orders = [] }
            return state.orders
        }
    }
}
