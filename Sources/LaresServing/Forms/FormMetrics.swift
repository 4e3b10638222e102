import Metrics

/// Counts compiled forms of answers, by model: counter `lares_answer_forms` (with the outcome: `found`, `compiled`, `refused`), timer
/// `lares_answer_form_compile_time`.
struct FormMetrics: Sendable {
    private let hits, compiles, refusals: Counter
    private let time: Timer

    init(model: String) {
        func counter(_ outcome: String) -> Counter {
            Counter(label: "lares_answer_forms", dimensions: [("model", model), ("outcome", outcome)])
        }
        (hits, compiles, refusals) = (counter("found"), counter("compiled"), counter("refused"))
        time = Timer(label: "lares_answer_form_compile_time", dimensions: [("model", model)])
    }

    func found() { hits.increment() }

    func compiled(after duration: Duration, isRefused: Bool) {
        (isRefused ? refusals : compiles).increment()
        time.record(duration: duration)
    }
}
