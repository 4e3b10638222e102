import Glibc
import LaresJSON
import LaresTensor

/// How good answers are.
public struct Metrics: Sendable, Hashable {
    /// By name: of classes `accuracy`, `balanced_accuracy` (the mean of each class's), `log_loss` and, of two, `auc`; of numbers `mae`, `rmse`
    /// and `r2`, the part of the targets' variance that is told (1: all of it, 0: as much as their mean tells), where they vary.
    public let values: [String: Double]

    /// Of classes.
    /// - Parameters:
    ///   - probabilities: `[samples, classes]`, row-major
    ///   - labels: the right class of each sample
    package init(probabilities: [Float], classes: Int, labels: [Int32]) {
        var loss = 0.0
        var (right, all) = ([Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes))
        for (row, label) in labels.enumerated() {
            let p = probabilities[(row * classes)..<((row + 1) * classes)]
            all[Int(label)] += 1
            if p.firstIndex(of: p.max() ?? 0) == p.startIndex + Int(label) { right[Int(label)] += 1 }
            loss -= log(max(Double(p[p.startIndex + Int(label)]), 1e-15))
        }
        let count = Double(max(1, labels.count))
        let shares = zip(right, all).filter { $0.1 > 0 }.map { Double($0.0) / Double($0.1) }
        var values = [
            "accuracy": Double(right.reduce(0, +)) / count, "log_loss": loss / count,
            "balanced_accuracy": shares.reduce(0, +) / Double(max(1, shares.count)),
        ]
        if classes == 2 {
            values["auc"] = Metrics.auc(labels.indices.map { probabilities[$0 * 2 + 1] }, labels.map { $0 == 1 })
        }
        self.values = values
    }

    /// Of numbers.
    package init(predictions: [Float], targets: [Float]) {
        let errors = zip(predictions, targets).map { Double($0) - Double($1) }, count = Double(max(1, errors.count))
        let squares = errors.reduce(0) { $0 + $1 * $1 }, mean = targets.reduce(0) { $0 + Double($1) } / count
        let spread = targets.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        var values = ["mae": errors.reduce(0) { $0 + abs($1) } / count, "rmse": (squares / count).squareRoot()]
        if spread > 0 { values["r2"] = 1 - squares / spread }
        self.values = values
    }

    /// The part of pairs of one positive and one negative sample in which the positive has the higher score, ties counted half (Mann &
    /// Whitney 1947); nil when there are none.
    package static func auc(_ scores: [Float], _ isPositive: [Bool]) -> Double? {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var (rankSum, positives, at) = (0.0, 0, 0)
        while at < order.count {
            var end = at
            while end < order.count, scores[order[end]] == scores[order[at]] { end += 1 }
            let tied = order[at..<end].count { isPositive[$0] }
            rankSum += Double(tied) * (Double(at + end + 1) / 2)
            positives += tied
            at = end
        }
        let negatives = scores.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let p = Double(positives)
        return (rankSum - p * (p + 1) / 2) / (p * Double(negatives))
    }

    var json: JSON {
        var members = JSON.Members()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { members.append(name, .double(value)) }
        return .object(members)
    }
}
