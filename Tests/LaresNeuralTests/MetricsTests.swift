import LaresNeural
import Testing

/// Figures that can be counted by hand.
@Suite struct MetricsTests {
    @Test func aRareLabelThatIsNeverToldShowsInTheBalancedAccuracyOnly() {
        let alwaysFirst = [Float](repeating: 0.9, count: 10).flatMap { [$0, 1 - $0] }
        let metrics = Metrics(probabilities: alwaysFirst, classes: 2, labels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(metrics.values["accuracy"] == 0.9 && metrics.values["balanced_accuracy"] == 0.5)
    }

    @Test func aLabelThatNoRowHasCountsNothing() {
        let metrics = Metrics(probabilities: [0.2, 0.7, 0.1, 0.6, 0.3, 0.1], classes: 3, labels: [1, 0])
        #expect(metrics.values["balanced_accuracy"] == 1)
    }

    @Test func theMeanTellsNoVarianceAndTheTargetsTellAllOfIt() {
        let targets: [Float] = [1, 2, 3, 6]
        #expect(Metrics(predictions: [3, 3, 3, 3], targets: targets).values["r2"] == 0)
        #expect(Metrics(predictions: targets, targets: targets).values["r2"] == 1)
        // Errors of 1 each: 4 of the 14 that the targets' squares are around their mean.
        let off = Metrics(predictions: [2, 1, 4, 5], targets: targets).values["r2"] ?? 0
        #expect(abs(off - (1 - 4.0 / 14)) < 1e-12)
    }

    @Test func targetsThatDoNotVaryHaveNoShareOfVariance() {
        #expect(Metrics(predictions: [1, 2], targets: [5, 5]).values["r2"] == nil)
    }
}
