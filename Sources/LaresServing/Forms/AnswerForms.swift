import Dispatch
import LaresLanguage
import Synchronization

/// The compiled forms of one model's answers: made when they are first asked for, off every thread that others wait for.
final class AnswerForms: Sendable {
    private struct Order {
        let key: FormKey
        let param: String
        let continuation: CheckedContinuation<Result<GrammarMasks, ServingError>, Never>
    }

    private struct State {
        var vocabulary: GrammarVocabulary?
        var known = RecentlyUsed<FormKey, GrammarMasks>(count: 64, bytes: 128 << 20)
        var line = FormLine<Order>()
        var number = 0
        var closed: ServingError?
    }

    /// Texts beyond this are compiled in a line of their own, so that small ones don't wait for them.
    private static let largeText = 32 << 10

    // Two lines for the whole process, because compiling takes a processor from those that compute.
    private static let small = DispatchQueue(label: "lares.forms", qos: .utility)
    private static let large = DispatchQueue(label: "lares.forms.large", qos: .utility)

    /// The tokens of an answer that is bound to a form.
    let tokens: AnswerTokens
    private let metrics: FormMetrics
    private let state = Mutex(State())

    init(_ tokenizer: any Tokenizer, model: String) {
        tokens = AnswerTokens(tokenizer)
        metrics = FormMetrics(model: model)
    }

    /// Rough bytes of what is kept.
    var byteCount: Int { state.withLock { $0.known.bytes } }

    /// The masks of a form. A task that is cancelled waits no longer.
    ///
    /// - Throws: `invalidRequest` for a form that can't be enforced, `queueFull` when too many wait to be compiled, `cancelled`, `draining`.
    func masks(_ key: FormKey, param: String, caller: String) async throws(ServingError) -> GrammarMasks {
        if let known = known(key) { return known }
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enter(number, caller, Order(key: key, param: param, continuation: continuation))
                // The handler may have run before there was anything to cancel.
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
        return try result.get()
    }

    /// Compiles no more; who waits is told why.
    func close(_ error: ServingError) {
        let orders = state.withLock { state in
            state.closed = error
            return state.line.leaveAll()
        }
        for order in orders { order.continuation.resume(returning: .failure(error)) }
    }

    private func cancel(_ number: Int) {
        let order = state.withLock { $0.line.leave(number) }
        order?.continuation.resume(returning: .failure(ServingError(.cancelled, "the request was cancelled")))
    }

    private func known(_ key: FormKey) -> GrammarMasks? {
        let known = state.withLock { $0.known.value(key) }
        if known != nil { metrics.found() }
        return known
    }

    private func enter(_ number: Int, _ caller: String, _ order: Order) {
        let isLarge = order.key.byteCount > Self.largeText
        let refusal = state.withLock { state -> ServingError? in
            if let closed = state.closed { return closed }
            return state.line.enter(number, caller: caller, isLarge: isLarge, order) ? nil : Self.full
        }
        if let refusal { return order.continuation.resume(returning: .failure(refusal)) }
        (isLarge ? Self.large : Self.small).async { self.compileNext(isLarge: isLarge) }
    }

    private static let full = ServingError(
        .queueFull, "too many forms of answers wait to be compiled, or your share of them: try again in a second", retryAfter: .seconds(1))

    private func compileNext(isLarge: Bool) {
        guard let order = state.withLock({ $0.line.next(isLarge: isLarge) }) else { return }
        // Those who asked for the same form at the same time waited for the first of them.
        order.continuation.resume(returning: known(order.key).map { .success($0) } ?? compile(order.key, order.param))
    }

    private func compile(_ key: FormKey, _ param: String) -> Result<GrammarMasks, ServingError> {
        let began = ContinuousClock.now
        let result = Result { () throws(ServingError) in GrammarMasks(try key.grammar(param: param), vocabulary) }
        metrics.compiled(after: ContinuousClock.now - began, isRefused: (try? result.get()) == nil)
        if case .success(let masks) = result { remember(key, masks) }
        return result
    }

    private var vocabulary: GrammarVocabulary {
        if let known = state.withLock({ $0.vocabulary }) { return known }
        let made = tokens.grammarVocabulary()
        return state.withLock { state in
            let vocabulary = state.vocabulary ?? made
            state.vocabulary = vocabulary
            return vocabulary
        }
    }

    private func remember(_ key: FormKey, _ masks: GrammarMasks) {
        state.withLock { state in
            state.known.measure { key, masks in masks.bytes.map { $0 + key.byteCount } }
            state.known.insert(key, masks, bytes: (masks.bytes ?? 0) + key.byteCount)
        }
    }
}
