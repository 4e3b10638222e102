import Glibc

/// Sines and cosines of rotary position embedding (Su et al. 2021) for the places of a sequence; neighbours, 2i and 2i + 1, turn together.
public struct Rotation: Sendable {
    /// Places it reaches.
    public let places: Int
    private let pairs: Int
    /// `[places, 2 · pairs]`: cosine and sine of each pair.
    private let turns: [Float]

    /// Angles are place times frequency; the first `2 · frequencies.count` numbers of a head turn. `magnitude` multiplies sine and cosine.
    public init(places: Int, frequencies: [Float], magnitude: Float = 1) {
        (self.places, pairs) = (places, frequencies.count)
        turns = (0..<places).flatMap { place in
            frequencies.flatMap { [cosf(Float(place) * $0) * magnitude, sinf(Float(place) * $0) * magnitude] }
        }
    }

    /// Turns, or turns back, every head of `x`, `[batch, time, heads · width]`.
    fileprivate func turn(_ x: Tensor, heads: Int, back: Bool) -> Tensor {
        let (time, row) = (x.shape[1], x.shape[2]), width = row / heads, source = x.packed
        let sign: Float = back ? -1 : 1
        return Tensor(x.shape) { out in
            ComputePool.shared.forRows(x.shape[0] * time, columns: 4 * row) { at in
                turns.withUnsafeBufferPointer { turns in
                    let turn = turns.baseAddress! + at % time * 2 * pairs
                    for head in 0..<heads {
                        let from = source.floats + at * row + head * width, to = out + at * row + head * width
                        for i in 0..<pairs {
                            let (c, s) = (turn[2 * i], sign * turn[2 * i + 1]), (a, b) = (from[2 * i], from[2 * i + 1])
                            (to[2 * i], to[2 * i + 1]) = (a * c - b * s, a * s + b * c)
                        }
                        (to + 2 * pairs).update(from: from + 2 * pairs, count: width - 2 * pairs)
                    }
                }
            }
        }
    }

    fileprivate func check(_ x: Tensor, _ heads: Int) {
        demand(
            x.shape.count == 3 && heads > 0 && x.shape[2] % heads == 0 && 2 * pairs <= x.shape[2] / heads && x.shape[1] <= places,
            "no rotation of \(pairs) pairs over \(places) places for \(heads) heads of the shape \(x.shape)")
    }
}

extension Tensor {
    /// Turns the pairs of each head by the place in the sequence: `[batch, time, heads · width]`. The first of the sequence is at place 0.
    public func rotated(by rotation: Rotation, heads: Int) -> Tensor {
        rotation.check(self, heads)
        return rotation.turn(self, heads: heads, back: false).derived(from: self) { dy, gradients in
            gradients.add(rotation.turn(dy, heads: heads, back: true), to: self)
        }
    }
}
