import LaresJSON
package import LaresServing

/// The losses of a training as a picture, a sentence and a table. The picture is 100 by 100 units, which the page stretches.
package struct LossChart {
    private let record: LossRecord
    /// The epoch under way: where it is, and its mean loss so far.
    private let latest: (epoch: Double, loss: Double)?
    private let best: Int?
    private let looksForBest: Bool
    private let looksAtValidation: Bool
    private let epochs: Int
    private let isOver: Bool
    private let amount: Amount

    private static let mostRows = 12

    package init(job: Job, amount: Amount) {
        record = job.curve
        let progress = JobProgress(job.progress)
        (best, epochs, isOver, self.amount) = (progress?.best, progress?.epochs ?? 0, job.isOver, amount)
        looksForBest = job.recipe["early_stopping"]?["patience"] != nil
        looksAtValidation = job.recipe["split"]?["validation"]?.number ?? 0 > 0
        let known = record.parts.last?.epoch ?? 0
        if let progress, let loss = progress.loss, progress.steps > 0, !job.isOver {
            let epoch = Double(progress.step) * Double(progress.epochs) / Double(progress.steps)
            latest = epoch > Double(known) ? (epoch, loss) : nil
        } else {
            latest = nil
        }
    }

    private var words: Words { amount.words }

    /// The fields of the templates `curve` and `losses`.
    package var fields: [String: Any] {
        let height = Scale(upTo: highest), width = self.width
        func point(_ epoch: Double, _ loss: Double) -> String {
            "\(Self.short(100 * epoch / Double(width))) \(Self.short(100 - 100 * min(1, max(0, loss / height.top))))"
        }
        let training = record.parts.flatMap { part in part.loss.ends.map { point(Double(part.epoch), $0) } }
        let validation = record.parts.flatMap { part in part.validation?.ends.map { point(Double(part.epoch), $0) } ?? [] }
        let xs = ticks
        return [
            "ys": height.labels(amount), "xs": xs,
            "training": Self.line(training + (latest.map { [point($0.epoch, $0.loss)] } ?? [])), "validation": Self.line(validation),
            "hasValidation": looksAtValidation,
            "best": best.map { Self.short(100 * Double($0) / Double(width)) } ?? false,
            "looks": looksForBest ? best.map { words("curve.best", ["epoch": "\($0)"]) } ?? words("curve.noBest") : false,
            "summary": summary, "rows": rows,
        ]
    }

    private var highest: Double {
        let losses = record.parts.flatMap { [$0.loss.upperBound, $0.validation?.upperBound ?? 0] }.map { Double($0) }
        return (losses + (latest.map { [$0.loss] } ?? [])).max() ?? 1
    }

    /// The last epoch of the picture. While it runs the picture grows by doubling, so that the curve fills it from the beginning.
    private var width: Int {
        let last = max(1, Int((latest?.epoch ?? 0).rounded(.up)), record.parts.last?.epoch ?? 0)
        if isOver { return Self.roundedUp(last) }
        var width = 8
        while width < last { width *= 2 }
        return Self.roundedUp(max(last, min(width, max(epochs, 1))))
    }

    /// Whole epochs at even distances.
    private var ticks: [String] {
        let width = width, parts = width.isMultiple(of: 4) ? 4 : width.isMultiple(of: 2) ? 2 : 1
        return (0...parts).map { amount.whole(width / parts * $0) }
    }

    private static func roundedUp(_ epochs: Int) -> Int { epochs <= 4 ? epochs : (epochs + 3) / 4 * 4 }

    /// What the picture says, in words.
    private var summary: String {
        guard let last = record.parts.last else { return words(latest == nil ? "curve.none" : "curve.first") }
        let loss = amount.figure(Double(last.loss.lowerBound)), epoch = "\(last.epoch)"
        guard let validation = last.validation else { return words("curve.training", ["epoch": epoch, "loss": loss]) }
        return words("curve.both", ["epoch": epoch, "loss": loss, "validation": amount.figure(Double(validation.lowerBound))])
    }

    /// A dozen epochs, evenly spread, the last one among them.
    private var rows: [[String: Any]] {
        let count = record.parts.count
        guard count > 0 else { return [] }
        let shown = min(count, Self.mostRows)
        let places = (0..<shown).map { shown == 1 ? count - 1 : $0 * (count - 1) / (shown - 1) }
        return places.map { place in
            let part = record.parts[place]
            return [
                "epoch": "\(part.epoch)", "loss": amount.figure(Double(part.loss.lowerBound)),
                "validationLoss": part.validation.map { amount.figure(Double($0.lowerBound)) } ?? words("unit.none"),
            ]
        }
    }

    private static func short(_ number: Double) -> String {
        let hundredths = Int((min(1e6, max(-1e6, number)) * 100).rounded())
        let (whole, rest) = (hundredths / 100, abs(hundredths % 100))
        return rest == 0 ? "\(whole)" : "\(hundredths < 0 && whole == 0 ? "-" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// A path through points; one alone is a dot.
    private static func line(_ points: [String]) -> String {
        guard let first = points.first else { return "M0 0" }
        return points.count == 1 ? "M\(first)h0" : "M\(first)L\(points.dropFirst().joined(separator: " "))"
    }
}

/// A scale from 0 in four even steps of a round number.
struct Scale {
    let step: Double
    var top: Double { 4 * step }

    init(upTo highest: Double) {
        guard highest.isFinite, highest > 0, highest < 1e300 else {
            step = 0.25
            return
        }
        var power = 1.0
        while power * 10 < highest / 4 { power *= 10 }
        while power > highest / 4, power > 1e-300 { power /= 10 }
        step = ([1, 2, 2.5, 5].first { power * $0 * 4 >= highest } ?? 10) * power
    }

    /// From the top down.
    func labels(_ amount: Amount) -> [String] { (0...4).reversed().map { amount.figure(step * Double($0)) } }
}

extension ClosedRange<Float> {
    /// Once where both are the same.
    fileprivate var ends: [Double] { lowerBound == upperBound ? [Double(lowerBound)] : [Double(upperBound), Double(lowerBound)] }
}
