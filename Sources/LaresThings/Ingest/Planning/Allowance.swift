/// How much may come in a while: so much a second, and a few seconds' worth at once (a token bucket).
package struct Allowance: Hashable, Sendable {
    /// So much a second; nil: as much as comes.
    let rate: Double?
    /// So much at once after a pause, in seconds.
    static let burst = 10.0

    private var left: Double
    private var last: Double?

    package init(rate: Int?) {
        self.rate = rate.map(Double.init)
        left = (self.rate ?? 0) * Self.burst
    }

    /// Takes an amount; gives the seconds after which it would be there, when it isn't, and takes nothing then.
    ///
    /// An amount that is more than a burst is taken from a full bucket, and has to be made up for.
    package mutating func take(_ amount: Int, at now: Double) -> Double? {
        guard let rate, amount > 0 else { return nil }
        // A clock that is set back gives nothing.
        left = min(left + max(0, now - (last ?? now)) * rate, rate * Self.burst)
        last = now
        let needed = min(Double(amount), rate * Self.burst)
        guard left >= needed else { return (needed - left) / max(rate, 1e-9) }
        left -= Double(amount)
        return nil
    }
}
