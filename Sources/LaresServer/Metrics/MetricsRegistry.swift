public import CoreMetrics
import Synchronization

/// Holds every metric of the process for the page Prometheus reads: the factory behind swift-metrics.
///
/// Counters, meters (and recorders that don't aggregate, as gauges), and timers and recorders as histograms with fixed buckets.
public final class MetricsRegistry: MetricsFactory {
    /// A metric's name and labels.
    struct Series: Hashable {
        let name: String
        let labels: [Label]

        init(_ name: String, _ dimensions: [(String, String)]) {
            self.name = MetricName.clean(name)
            labels = dimensions.map { Label(name: MetricName.clean($0.0), value: $0.1) }.sorted { $0.name < $1.name }
        }
    }

    /// One label of a series.
    struct Label: Hashable {
        let name: String
        let value: String
    }

    /// What stands behind a series.
    enum Cell {
        case counter(MetricValue)
        case gauge(MetricValue)
        case histogram(Histogram)
    }

    /// Callers choose names and labels, so their number is bounded; what comes later is counted nowhere.
    static let maximumSeries = 4_096

    private let cells = Mutex<[Series: Cell]>([:])

    /// A registry without metrics.
    public init() {}

    /// Makes this the place where the whole process counts. Once in a process.
    public func install() { MetricsSystem.bootstrap(self) }

    /// The cells now, in no order.
    func snapshot() -> [(series: Series, cell: Cell)] { cells.withLock { $0.map { ($0.key, $0.value) } } }

    private func cell(_ series: Series, _ make: () -> Cell) -> Cell {
        cells.withLock { cells in
            if let cell = cells[series] { return cell }
            let cell = make()
            if cells.count < Self.maximumSeries { cells[series] = cell }
            return cell
        }
    }

    private func tally(_ series: Series, isCounter: Bool) -> MetricValue {
        let cell = cell(series) { isCounter ? .counter(MetricValue()) : .gauge(MetricValue()) }
        switch cell {
        case .counter(let tally), .gauge(let tally): return tally
        case .histogram: return MetricValue()
        }
    }

    private func histogram(_ series: Series, bounds: [Double], scale: Double) -> Histogram {
        let cell = cell(series) { .histogram(Histogram(bounds: bounds, scale: scale)) }
        if case .histogram(let histogram) = cell { return histogram }
        return Histogram(bounds: bounds, scale: scale)
    }

    /// A counter; its name gets `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        tally(Series(MetricName.counter(label), dimensions), isCounter: true)
    }

    /// A counter of fractions; its name gets `_total`.
    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        tally(Series(MetricName.counter(label), dimensions), isCounter: true)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        tally(Series(label, dimensions), isCounter: false)
    }

    /// A histogram, or a gauge when nothing is aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return tally(Series(label, dimensions), isCounter: false) }
        let isTime = label.hasSuffix("seconds")
        return histogram(Series(label, dimensions), bounds: isTime ? Histogram.seconds : Histogram.counts, scale: 1)
    }

    /// A histogram of seconds; its name gets `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(Series(MetricName.timer(label), dimensions), bounds: Histogram.seconds, scale: 1e-9)
    }

    /// Does nothing: what was counted stays on the page.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing: what was counted stays on the page.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Does nothing: what was set stays on the page.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing: what was recorded stays on the page.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing: what was timed stays on the page.
    public func destroyTimer(_ handler: any TimerHandler) {}
}

/// Names as Prometheus takes them.
enum MetricName {
    /// Letters, digits and underscores; anything else becomes an underscore.
    static func clean(_ name: String) -> String {
        let cleaned = String(
            name.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "_" }
        )
        return cleaned.first?.isNumber ?? true ? "_" + cleaned : cleaned
    }

    /// A counter's name ends with `_total`.
    static func counter(_ name: String) -> String { name.hasSuffix("_total") ? name : name + "_total" }

    /// A timer's name ends with its unit, `_seconds`.
    static func timer(_ name: String) -> String { name.hasSuffix("_seconds") ? name : name + "_seconds" }
}
