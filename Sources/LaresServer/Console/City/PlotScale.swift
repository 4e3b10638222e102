import Foundation

/// A scale between two numbers in even steps of 1, 2 or 5 times a power of ten.
package struct PlotScale: Sendable {
    package let low: Double
    package let high: Double
    private let step: Double

    /// Room for all numbers; nought among them where amounts are shown.
    package init(_ least: Double, _ greatest: Double, fromZero: Bool) {
        let isUsable = least.isFinite && greatest.isFinite && abs(least) < 1e200 && abs(greatest) < 1e200
        let bottom = isUsable ? (fromZero ? min(0, least) : least) : 0, most = isUsable ? (fromZero ? max(0, greatest) : greatest) : 1
        // What stays the same needs some room: a tenth of it, and one above nothing.
        let isFlat = most - bottom <= max(abs(most), abs(bottom)) * 1e-6
        let top = isFlat && most == 0 ? 1 : most
        let width = isFlat ? (most == 0 ? 1 : abs(most) / 10) : max(top - bottom, 1e-9)
        let raw = width / 4, size = pow(10, log10(raw).rounded(.down))
        step = size * ([1, 2, 5].first { $0 * size >= raw * 0.999 } ?? 10)
        let low = (bottom / step).rounded(.down) * step, high = (top / step).rounded(.up) * step
        (self.low, self.high) = (low, high > low ? high : low + step)
    }

    /// From the top down.
    package var ticks: [Double] { (0...min(12, max(1, Int(((high - low) / step).rounded())))).map { high - Double($0) * step } }

    /// Where a number lies, in units from the top of a picture of so many.
    package func y(_ number: Double, of height: Int) -> Int {
        Int((Double(height) * min(1, max(0, (high - number) / (high - low)))).rounded())
    }

    /// Where a number lies from the top, from 0 to 1.
    package func height(_ number: Double) -> Double { min(1, max(0, (high - number) / (high - low))) }

    /// How a tick reads: with as many decimals as the step has.
    package func label(_ tick: Double, _ amount: Amount) -> String {
        let value = abs(tick) < step / 2 ? 0 : tick
        guard abs(value) < 1e15, step >= 1e-6 else { return amount.figure(value) }
        return amount.decimal(value, places: max(0, Int(-log10(step * 1.0001).rounded(.down))))
    }
}
