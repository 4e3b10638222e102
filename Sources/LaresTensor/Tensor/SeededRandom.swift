import Glibc

/// Random numbers that a seed names: the same seed gives the same run, on every machine (xoshiro256**, Blackman & Vigna 2018; seeded by
/// SplitMix64).
public struct SeededRandom: RandomNumberGenerator, Sendable, Hashable {
    private var words: SIMD4<UInt64>

    /// Where it is: four words, never all zero. A run that is resumed goes on from here.
    public var state: [UInt64] { words.indices.map { words[$0] } }

    /// The generator that a seed names.
    public init(seed: UInt64) {
        var z = seed
        func split() -> UInt64 {
            z &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
        words = [split(), split(), split(), split()]
    }

    /// A generator that goes on from a state; nil for what is no state.
    public init?(state: [UInt64]) {
        guard state.count == 4, state.contains(where: { $0 != 0 }) else { return nil }
        words = SIMD4(state)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(words[1] &* 5, 7) &* 9
        let shifted = words[1] << 17
        words[2] ^= words[0]
        words[3] ^= words[1]
        words[1] ^= words[2]
        words[0] ^= words[3]
        words[2] ^= shifted
        words[3] = rotated(words[3], 45)
        return result
    }

    /// A number in 0..<1.
    public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A number of the standard normal distribution (Box & Muller 1958).
    public mutating func normal() -> Float {
        let radius = sqrtf(-2 * logf(1 - unit()))
        return radius * cosf(2 * .pi * unit())
    }
}

extension Tensor {
    /// Numbers spread evenly over a range.
    public static func uniform(_ shape: Shape, in range: Range<Float>, using random: inout SeededRandom) -> Tensor {
        let width = range.upperBound - range.lowerBound
        return Tensor(shape) { out in for i in 0..<shape.elementCount { out[i] = range.lowerBound + width * random.unit() } }
    }

    /// Numbers of a normal distribution.
    public static func normal(_ shape: Shape, mean: Float = 0, deviation: Float = 1, using random: inout SeededRandom) -> Tensor {
        Tensor(shape) { out in for i in 0..<shape.elementCount { out[i] = mean + deviation * random.normal() } }
    }

    /// Each number kept with the probability 1 - rate and enlarged so that the mean stays, else zero (dropout; Srivastava et al. 2014).
    public func dropping(_ rate: Float, using random: inout SeededRandom) -> Tensor {
        demand(rate >= 0 && rate < 1, "a rate of \(rate): expected 0..<1")
        let limit = UInt64(Double(rate) * 0x1p32), kept = 1 / (1 - rate)
        let mask = Tensor(shape) { out in
            // Two numbers from each word.
            for i in stride(from: 0, to: count, by: 2) {
                let word = random.next()
                out[i] = word >> 32 >= limit ? kept : 0
                if i + 1 < count { out[i + 1] = word & 0xffff_ffff >= limit ? kept : 0 }
            }
        }
        return self * mask
    }
}
