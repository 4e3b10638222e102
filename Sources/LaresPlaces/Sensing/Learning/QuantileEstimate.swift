/// A quantile of numbers that come one at a time, in constant memory: the P² algorithm.
///
/// - [Jain and Chlamtac, The P² algorithm for dynamic calculation of quantiles, CACM 28(10), 1985](https://doi.org/10.1145/4372.4378)
package struct QuantileEstimate: Hashable, Sendable, Codable {
    /// Which quantile, 0 to 1.
    let share: Double
    /// How many numbers came.
    private(set) var count = 0
    /// The five markers: heights, and how many numbers are at or below each. The last three lanes are unused.
    private var heights = SIMD8<Double>()
    private var ranks = SIMD8<Double>(1, 2, 3, 4, 5, 0, 0, 0)

    package init(_ share: Double) { self.share = share }

    /// The estimate; of fewer than five numbers the one at the nearest rank; nil without any.
    package var value: Double? {
        guard count > 0 else { return nil }
        return count >= 5 ? heights[2] : heights[min(count - 1, Int(share * Double(count)))]
    }

    /// Takes in a finite number.
    package mutating func take(_ number: Double) {
        count += 1
        guard count > 5 else { return begin(with: number) }
        let cell = cell(of: number)
        for marker in (cell + 1)...4 { ranks[marker] += 1 }
        for marker in 1...3 { adjust(marker) }
    }

    /// The first five are kept in order.
    private mutating func begin(with number: Double) {
        var place = count - 1
        while place > 0, heights[place - 1] > number {
            heights[place] = heights[place - 1]
            place -= 1
        }
        heights[place] = number
    }

    private mutating func cell(of number: Double) -> Int {
        if number < heights[0] {
            heights[0] = number
            return 0
        }
        if number >= heights[4] {
            heights[4] = max(number, heights[4])
            return 3
        }
        return number < heights[1] ? 0 : number < heights[2] ? 1 : number < heights[3] ? 2 : 3
    }

    private mutating func adjust(_ marker: Int) {
        let shares = [0, share / 2, share, (1 + share) / 2, 1]
        let off = 1 + Double(count - 1) * shares[marker] - ranks[marker]
        let (below, above) = (ranks[marker] - ranks[marker - 1], ranks[marker + 1] - ranks[marker])
        guard (off >= 1 && above > 1) || (off <= -1 && below > 1) else { return }
        let step = off >= 1 ? 1.0 : -1
        let up = (heights[marker + 1] - heights[marker]) / above, down = (heights[marker] - heights[marker - 1]) / below
        let parabola = heights[marker] + step / (above + below) * ((below + step) * up + (above - step) * down)
        let isBetween = heights[marker - 1] < parabola && parabola < heights[marker + 1]
        heights[marker] = isBetween ? parabola : heights[marker] + step * (step > 0 ? up : down)
        ranks[marker] += step
    }
}

/// Over a restart.
extension QuantileEstimate {
    /// What it is made of: the count, five heights, five ranks.
    var kept: [Double] { [Double(count)] + (0..<5).map { heights[$0] } + (0..<5).map { ranks[$0] } }

    /// An estimate that goes on; nil for numbers that can't be one.
    init?(_ share: Double, kept: ArraySlice<Double>) {
        let numbers = Array(kept)
        guard numbers.count == 11, numbers.allSatisfy({ $0.isFinite && abs($0) <= 1e15 }), let count = Int(exactly: numbers[0]), count >= 0
        else { return nil }
        self.init(share)
        self.count = count
        for place in 0..<5 { (heights[place], ranks[place]) = (numbers[1 + place], numbers[6 + place]) }
        let known = min(count, 5)
        let isOrdered = (1..<max(known, 1)).allSatisfy { heights[$0 - 1] <= heights[$0] }
        guard isOrdered, (1..<5).allSatisfy({ ranks[$0 - 1] < ranks[$0] }), count < 5 || ranks[4] == Double(count) else { return nil }
    }
}
