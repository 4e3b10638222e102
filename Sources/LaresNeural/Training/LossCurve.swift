/// The losses of a training as a line of bars for a terminal.
public struct LossCurve: Sendable {
    /// In order.
    public private(set) var losses: [Float] = []

    /// Nothing yet.
    public init() {}

    /// Takes the loss of a step.
    public mutating func append(_ loss: Float) { losses.append(loss) }

    /// The mean of the last few.
    public func recent(_ count: Int = 20) -> Float {
        let last = losses.suffix(count)
        return last.isEmpty ? .nan : last.reduce(0, +) / Float(last.count)
    }

    /// Bars of eight heights, as many as `width`, each the mean of its part of the steps; "·" where there is no number.
    public func bars(width: Int = 40) -> String {
        let parts = (0..<Swift.min(width, losses.count)).map { i in
            let part = losses[
                (i * losses.count / Swift.min(width, losses.count))..<((i + 1) * losses.count / Swift.min(width, losses.count))]
            return part.reduce(0, +) / Float(part.count)
        }
        let finite = parts.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return String(repeating: "·", count: parts.count) }
        let heights = Array("▁▂▃▄▅▆▇█")
        return String(parts.map { $0.isFinite ? heights[high > low ? Int((($0 - low) / (high - low) * 7).rounded()) : 0] : "·" })
    }
}
