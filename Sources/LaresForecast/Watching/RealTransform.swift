internal import Foundation

/// The spectrum of real numbers, and back (Cooley and Tukey 1965): pairs of them are complex numbers of half the length. Once made, it allocates nothing.
package struct RealTransform: Sendable {
    /// How many numbers there are: a power of two, 4 at least.
    package let length: Int
    /// Before ``forward()`` numbers with even and odd places, then bins 0 to half the length.
    package private(set) var real: [Double], imaginary: [Double]
    private let cosines: [Double], sines: [Double]

    /// - Precondition: The length is a power of two, 4 at least.
    package init(_ length: Int) {
        precondition(length >= 4 && length & (length - 1) == 0)
        self.length = length
        real = Array(repeating: 0, count: length / 2 + 1)
        imaginary = real
        let turns = (0...length / 2).map { 2 * Double.pi * Double($0) / Double(length) }
        (cosines, sines) = (turns.map { cos($0) }, turns.map { sin($0) })
    }

    private var half: Int { length / 2 }

    /// The number at a place, before ``forward()`` and after ``inverse()``.
    package subscript(_ place: Int) -> Double {
        get { place.isMultiple(of: 2) ? real[place / 2] : imaginary[place / 2] }
        set { if place.isMultiple(of: 2) { real[place / 2] = newValue } else { imaginary[place / 2] = newValue } }
    }

    /// How much of a bin's wave there is, squared.
    func power(_ bin: Int) -> Double { real[bin] * real[bin] + imaginary[bin] * imaginary[bin] }

    /// Changes how much there is of a bin's wave.
    mutating func scale(_ bin: Int, by factor: Double) {
        real[bin] *= factor
        imaginary[bin] *= factor
    }

    /// From numbers to bins.
    package mutating func forward() {
        transform(sign: -1)
        (real[half], imaginary[half]) = (real[0], imaginary[0])
        untangle(sign: -1)
    }

    /// From bins to numbers.
    package mutating func inverse() {
        untangle(sign: 1)
        transform(sign: 1)
        for place in 0..<half {
            real[place] /= Double(half)
            imaginary[place] /= Double(half)
        }
    }

    /// Between the spectrum of pairs and that of what they are made of.
    private mutating func untangle(sign: Double) {
        for low in 0...half / 2 {
            let high = half - low
            let sum = ((real[low] + real[high]) / 2, (imaginary[low] - imaginary[high]) / 2)
            let rest = ((real[low] - real[high]) / 2, (imaginary[low] + imaginary[high]) / 2)
            let (c, s) = (sign * cosines[low], -sines[low])
            let turned = (s * rest.0 - c * rest.1, s * rest.1 + c * rest.0)
            (real[low], imaginary[low]) = (sum.0 + turned.0, sum.1 + turned.1)
            (real[high], imaginary[high]) = (sum.0 - turned.0, turned.1 - sum.1)
        }
    }

    /// The complex transform of the first half places, not scaled.
    private mutating func transform(sign: Double) {
        reorder()
        var size = 2
        while size <= half {
            let turn = length / size
            for begin in stride(from: 0, to: half, by: size) {
                for place in begin..<(begin + size / 2) {
                    let other = place + size / 2
                    let (c, s) = (cosines[(place - begin) * turn], sign * sines[(place - begin) * turn])
                    let turned = (c * real[other] - s * imaginary[other], c * imaginary[other] + s * real[other])
                    (real[other], imaginary[other]) = (real[place] - turned.0, imaginary[place] - turned.1)
                    (real[place], imaginary[place]) = (real[place] + turned.0, imaginary[place] + turned.1)
                }
            }
            size *= 2
        }
    }

    /// Puts numbers where their places' bits, read backwards, say.
    private mutating func reorder() {
        var back = 0
        for place in 0..<(half - 1) {
            if place < back {
                real.swapAt(place, back)
                imaginary.swapAt(place, back)
            }
            var bit = half / 2
            while back & bit != 0 {
                back ^= bit
                bit /= 2
            }
            back |= bit
        }
    }
}
