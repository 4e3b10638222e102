import Foundation
import LaresPlaces
import Testing

@Suite struct QuantileEstimateTests {
    /// Draws from a distribution by name.
    private static func draw(_ name: String, _ random: inout SenseRandom) -> Double {
        switch name {
        case "uniform": random.unit()
        case "normal": random.normal()
        case "exponential": -log(1 - random.unit())
        default: Double(Int(random.next() % 4))
        }
    }

    /// Among a hundred thousand numbers the estimate stands where the quantile should, within a hundredth of the ranks.
    @Test(arguments: ["uniform", "normal", "exponential"], [0.5, 0.9, 0.99])
    func theEstimateIsWhereTheQuantileIs(_ name: String, _ share: Double) throws {
        var (random, estimate, numbers) = (SenseRandom(seed: SensePropertyTests.seed), QuantileEstimate(share), [Double]())
        for _ in 0..<100_000 {
            let number = Self.draw(name, &random)
            numbers.append(number)
            estimate.take(number)
        }
        let value = try #require(estimate.value)
        let rank = Double(numbers.count { $0 <= value }) / Double(numbers.count)
        #expect(abs(rank - share) < 0.01, "seed \(SensePropertyTests.seed)")
    }

    @Test func itIsNeverOutsideWhatCame() {
        for seed in 0..<200 as Range<UInt64> {
            var (random, estimate, most, least) = (SenseRandom(seed: seed), QuantileEstimate(0.99), -Double.infinity, Double.infinity)
            for _ in 0..<Int(seed) {
                let number = Self.draw(["few", "normal"][Int(seed % 2)], &random)
                (most, least) = (max(most, number), min(least, number))
                estimate.take(number)
                guard let value = estimate.value, (least...most).contains(value) else {
                    Issue.record("seed \(seed)")
                    return
                }
            }
        }
        #expect(QuantileEstimate(0.5).value == nil)
    }

    @Test func fewNumbersAreTheirOwnQuantiles() {
        var estimate = QuantileEstimate(0.5)
        var values: [Double?] = []
        for number in [5.0, 1, 3] {
            estimate.take(number)
            values.append(estimate.value)
        }
        #expect(values == [5, 5, 3])
    }
}
