/// The page Prometheus reads (text format 0.0.4).
public struct PrometheusText {
    private var families: [String: Family] = [:]

    private struct Family {
        var type: String
        var lines: [String] = []
    }

    /// An empty page.
    public init() {}

    /// Adds one number.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - value: Its value.
    ///   - labels: Its labels.
    ///   - type: `gauge` or `counter`.
    public mutating func add(_ name: String, _ value: Double, labels: [(String, String)] = [], type: String = "gauge") {
        let labels = labels.map { MetricsRegistry.Label(name: $0.0, value: $0.1) }
        families[name, default: Family(type: type)].lines.append("\(name)\(Self.text(labels)) \(Self.text(value))")
    }

    /// Adds everything a registry holds.
    public mutating func add(_ registry: MetricsRegistry) {
        for (series, cell) in registry.snapshot() {
            switch cell {
            case .counter(let tally): add(series, "counter", ["\(series.name)\(Self.text(series.labels)) \(Self.text(tally.current))"])
            case .gauge(let tally): add(series, "gauge", ["\(series.name)\(Self.text(series.labels)) \(Self.text(tally.current))"])
            case .histogram(let histogram): add(series, "histogram", Self.lines(series, histogram))
            }
        }
    }

    private mutating func add(_ series: MetricsRegistry.Series, _ type: String, _ lines: [String]) {
        families[series.name, default: Family(type: type)].lines += lines
    }

    private static func lines(_ series: MetricsRegistry.Series, _ histogram: Histogram) -> [String] {
        let counts = histogram.current
        var lines: [String] = []
        var below = 0
        for (index, count) in counts.buckets.enumerated() {
            below += count
            let bound = index < histogram.bounds.count ? text(histogram.bounds[index]) : "+Inf"
            lines.append("\(series.name)_bucket\(text(series.labels + [.init(name: "le", value: bound)])) \(below)")
        }
        lines.append("\(series.name)_sum\(text(series.labels)) \(text(counts.sum))")
        lines.append("\(series.name)_count\(text(series.labels)) \(counts.count)")
        return lines
    }

    /// The page.
    public var text: String {
        families.sorted { $0.key < $1.key }.map { name, family in
            // A histogram's lines keep their buckets' order; other lines are sorted so that the page reads the same each time.
            let lines = family.type == "histogram" ? family.lines : family.lines.sorted()
            return "# TYPE \(name) \(family.type)\n" + lines.joined(separator: "\n") + "\n"
        }.joined()
    }

    private static func text(_ labels: [MetricsRegistry.Label]) -> String {
        if labels.isEmpty { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func text(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        return value.isNaN ? "NaN" : value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : value.description
    }
}
