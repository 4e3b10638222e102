import LaresServing

/// Figures of a model card as people read them: "accuracy 97.3% (test)".
package struct MetricText {
    private let words: Words
    private let amount: Amount

    package init(_ words: Words) { (self.words, amount) = (words, Amount(words)) }

    private static let parts = ["test", "backtest", "validation", "training"]
    private static let kinds = [
        "accuracy", "exact", "balanced_accuracy", "auc", "r2", "mase", "alarms_a_day", "rmse", "mae", "smape", "coverage", "log_loss",
        "windows", "threshold", "readings",
    ]

    /// The figure that says most: on the data furthest from what was learned from, the kind that people know best.
    func best(of metrics: [String: Double]) -> String? {
        let wanted = Self.parts.flatMap { part in Self.kinds.map { "\(part) \($0)" } }
        guard let key = wanted.first(where: { metrics[$0] != nil }) ?? metrics.keys.min(), let value = metrics[key] else { return nil }
        return words("metric.short", ["name": name(of: key), "value": text(value, of: key)])
    }

    /// All of them: what, and how much.
    package func rows(of metrics: [String: Double]) -> [(label: String, value: String)] {
        let order = Self.parts.flatMap { part in Self.kinds.map { "\(part) \($0)" } }
        return metrics.keys.sorted { (order.firstIndex(of: $0) ?? order.count, $0) < (order.firstIndex(of: $1) ?? order.count, $1) }
            .map { (name(of: $0), text(metrics[$0] ?? 0, of: $0)) }
    }

    /// "Accuracy, test data" for "test accuracy"; what isn't known stays as it is.
    private func name(of key: String) -> String {
        let parts = key.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, Self.parts.contains(parts[0]) else { return kind(key) }
        return words("metric.on", ["kind": kind(parts[1]), "data": words("metric.\(parts[0])")])
    }

    private func kind(_ name: String) -> String {
        let key = name == "log_loss" ? "loss" : name
        return Self.kinds.contains(name) ? words("metric.\(key)") : name
    }

    private func text(_ value: Double, of key: String) -> String {
        key.hasSuffix("smape")
            ? amount.percent(value / 100)
            : ["accuracy", "coverage", "exact"].contains { key.hasSuffix($0) } ? amount.percent(value) : amount.figure(value)
    }
}
