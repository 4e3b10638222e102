import LaresTensor
import Testing

/// An operator and the shapes it is checked with.
struct Checked: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [Shape]
    /// Numbers of the inputs, away from where the operator has no derivative.
    var range: Range<Float> = -1.5..<1.5
    let run: @Sendable ([Tensor]) -> Tensor

    var testDescription: String { name }
}

/// Compares every partial derivative of Σ r·f(x), for random r, with central differences of fourth order.
func checkGradient(_ checked: Checked, seed: UInt64 = 1, tolerance: Double = 3e-3, sourceLocation: SourceLocation = #_sourceLocation) {
    var random = SeededRandom(seed: seed)
    let inputs = checked.shapes.map { Tensor.uniform($0, in: checked.range, using: &random) }
    let weights = Tensor.normal(checked.run(inputs).shape, using: &random)

    let tape = Tape()
    let watched = inputs.map { tape.watch($0) }
    let gradients = tape.gradients(of: (checked.run(watched) * weights).sum())

    func loss(_ place: Int, _ element: Int, _ shift: Float) -> Double {
        var moved = inputs
        moved[place].withMutableFloats { $0[element] += shift }
        return zip(checked.run(moved).array, weights.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let h: Float = 0.02
    for place in inputs.indices {
        let analytic = gradients.of(watched[place]).array
        let numeric = analytic.indices.map { i in
            (8 * (loss(place, i, h) - loss(place, i, -h)) - (loss(place, i, 2 * h) - loss(place, i, -2 * h))) / (12 * Double(h))
        }
        #expect(analytic.count == inputs[place].count, "\(checked.name), input \(place)", sourceLocation: sourceLocation)
        #expect(distance(analytic, numeric) < tolerance, "\(checked.name), input \(place)", sourceLocation: sourceLocation)
    }
}
