import HTTPTypes
import Metrics
import Synchronization

/// Counts answers and their times; a counter and a timer are made once for each method, route and status.
final class RequestMetrics: Sendable {
    private struct Series: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let factory: MetricsRegistry
    private let known = Mutex<[Series: (counter: Counter, timer: Timer)]>([:])

    init(factory: MetricsRegistry) { self.factory = factory }

    func count(method: String, route: String, status: Int, time: Duration) {
        let series = Series(method: method, route: route, status: status)
        let (counter, timer) = known.withLock { known in
            if let there = known[series] { return there }
            let made = make(series)
            // Callers choose methods, so the registry bounds their number, and this does too.
            if known.count < MetricsRegistry.maximumSeries { known[series] = made }
            return made
        }
        counter.increment()
        timer.recordNanoseconds(Int64(clamping: time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000))
    }

    private func make(_ series: Series) -> (counter: Counter, timer: Timer) {
        let labels = [("method", series.method), ("route", series.route), ("status", "\(series.status)")]
        return (
            Counter(label: "lares_http_requests", dimensions: labels, factory: factory),
            Timer(label: "lares_http_request_duration", dimensions: [("route", series.route)], factory: factory)
        )
    }
}
