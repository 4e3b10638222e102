import Dispatch
import LaresLanguage
import Synchronization

/// The compiled forms of one model's answers: made when they are first asked for, off every thread that others wait for.
final class AnswerForms: Sendable {
    private struct State {
        var vocabulary: GrammarVocabulary?
        var known = RecentlyUsed<FormKey, GrammarMasks>(count: 64, bytes: 256 << 20)
        var waiting = 0
    }

    /// Most forms that wait to be compiled for a model: a form takes milliseconds, the largest ones seconds.
    private static let waitingLimit = 128
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

    /// The masks of a form.
    ///
    /// - Throws: `invalidRequest` for a form that can't be enforced, `queueFull` when too many wait to be compiled.
    func masks(_ key: FormKey, param: String) async throws(ServingError) -> GrammarMasks {
        if let known = known(key) { return known }
        try enter()
        let line = key.byteCount > Self.largeText ? Self.large : Self.small
        let result = await withCheckedContinuation { continuation in
            line.async { continuation.resume(returning: self.make(key, param)) }
        }
        return try result.get()
    }

    private func known(_ key: FormKey) -> GrammarMasks? {
        let known = state.withLock { $0.known.value(key) }
        if known != nil { metrics.found() }
        return known
    }

    private func enter() throws(ServingError) {
        let isFull = state.withLock { state in
            if state.waiting >= Self.waitingLimit { return true }
            state.waiting += 1
            return false
        }
        guard isFull else { return }
        throw ServingError(
            .queueFull, "\(Self.waitingLimit) forms of answers wait to be compiled: try again in a second", retryAfter: .seconds(1))
    }

    private func make(_ key: FormKey, _ param: String) -> Result<GrammarMasks, ServingError> {
        defer { state.withLock { $0.waiting -= 1 } }
        // Those who asked for the same form at the same time waited for the first of them.
        if let known = known(key) { return .success(known) }
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
