internal import Foundation

/// What stands out of the spectrum of the last 123 values: a newest value that the rest doesn't explain (the spectral residual; Ren and others 2019, "Time-Series
/// Anomaly Detection Service at Microsoft"), and a rhythm that isn't the usual one.
///
/// As there, five guessed values follow the newest, and the logarithm of the spectrum less its mean over three bins gives the saliency of each value. What is 4.6 means
/// above the mean counts half, or what is a third more than the most of late. Beside it stands how far the spectrum is from the usual one, in spreads of that distance:
/// five count half, up to three nothing. So a new rhythm is seen though no value of it is unusual.
public struct SpectralResidual: Detector {
    /// The field's name for it.
    public static let name = "spectral-residual"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var values = RecentValues(Self.length - Self.guessed)
    /// The saliency that stood out most of late; it fades.
    private var peak = 0.0
    private var usual = UsualSpectrum(Self.length / 2)
    /// Where each value is worked on; nothing is remembered in it.
    private var window = Self.window, logarithms = [Double](repeating: 0, count: Self.length / 2)

    static let length = 128, guessed = 5
    /// From so many means above the mean on a saliency counts; what is this share of it more counts half.
    static let least = 3.4, half = 0.35
    private static let window = RealTransform(length)

    /// Watching with these settings, knowing nothing yet.
    public init(_ settings: DetectorSettings = .standard) { self.settings = settings }

    /// How many values were seen.
    public var count: Int { clock.count }

    /// How odd the next value is, 0 to 1.
    public mutating func observe(_ value: Double, at time: Int64) -> Double {
        let verdict = clock.take(value, at: time)
        if verdict == .ignored { return 0 }
        if verdict == .resumes { values.removeAll() }
        values.append(value)
        guard values.isFull, takeSpectrum() else { return 0 }
        let strange = usual.surprise(logarithms, rate: 0.25 / Double(settings.learning))
        let salient = surprise(saliency())
        return clock.count > settings.learning ? max(strange, salient) : 0
    }

    /// The window's spectrum and its logarithms; false where all values are the same.
    private mutating func takeSpectrum() -> Bool {
        let (least, greatest) = values.bounds(ofLast: values.count)
        guard least < greatest else { return false }
        fill(scale: 1 / (greatest - least))
        window.forward()
        var floor = 0.0
        for bin in 1...logarithms.count { floor += window.power(bin) }
        floor *= 1e-6
        for bin in 1...logarithms.count { logarithms[bin - 1] = log(window.power(bin) + floor) / 2 + log(greatest - least) }
        return true
    }

    /// The values less the mean, and the guessed ones: on along the mean slope to the newest.
    private mutating func fill(scale: Double) {
        let last = values.count - 1, mean = values.mean, newest = values[back: 0], far = Double(Self.guessed)
        for place in 0...last { window[place] = (values[back: last - place] - mean) * scale }
        let slope = (1...Self.guessed).reduce(0) { $0 + (newest - values[back: $1]) / Double($1) } / far
        let next = (values[back: Self.guessed - 1] + slope * far - mean) * scale
        for place in (last + 1)..<Self.length { window[place] = next }
    }

    /// How much the newest value stands out: the saliency less the mean of those before, in such means.
    private mutating func saliency() -> Double {
        let bins = logarithms.count, last = values.count - 1
        window.scale(0, by: 0)
        for bin in 1...bins {
            let near = max(1, bin - 1)...min(bins, bin + 1)
            window.scale(bin, by: exp(-near.reduce(0) { $0 + logarithms[$1 - 1] } / Double(near.count)))
        }
        window.inverse()
        let mean = (0..<last).reduce(0) { $0 + abs(window[$1]) } / Double(last)
        return mean > 0 ? abs(window[last]) / mean - 1 : 0
    }

    private mutating func surprise(_ saliency: Double) -> Double {
        let bar = max(Self.least, peak), beyond = saliency - bar
        peak = max(saliency, peak * (1 - 0.25 / Double(settings.learning)))
        return beyond > 0 ? beyond / (beyond + Self.half * bar) : 0
    }

    /// Writes all that it remembers.
    public func write(to state: inout StateWriter) {
        settings.write(to: &state)
        clock.write(to: &state)
        values.write(to: &state)
        state.put(peak)
        usual.write(to: &state)
    }

    /// Reads what was written; throws `ForecastError.badState`.
    public init(from state: inout StateReader) throws {
        settings = try DetectorSettings(from: &state)
        clock = try StreamClock(from: &state)
        values = try RecentValues(Self.length - Self.guessed, from: &state)
        peak = try max(0, state.double())
        usual = try UsualSpectrum(Self.length / 2, from: &state)
    }
}

/// What the logarithms of a spectrum usually are, and how far they usually are from that.
struct UsualSpectrum: Sendable, Hashable {
    private var logarithms: [Float]
    private var count = 0
    private var mean = 0.0, variance = 0.0

    /// Spreads from the mean that count nothing, and how many more count half.
    static let slack = 3.0, half = 2.0

    init(_ bins: Int) { logarithms = Array(repeating: 0, count: bins) }

    /// Takes a spectrum in and says how unusual it was, 0 to 1.
    mutating func surprise(_ spectrum: [Double], rate least: Double) -> Double {
        count = count == .max ? count : count + 1
        let rate = max(1 / Double(count), least)
        var distance = 0.0
        for bin in spectrum.indices {
            let off = count == 1 ? 0 : spectrum[bin] - Double(logarithms[bin])
            distance += abs(off)
            logarithms[bin] = count == 1 ? Float(spectrum[bin]) : logarithms[bin] + Float(rate * off)
        }
        let off = distance / Double(spectrum.count) - mean, beyond = variance > 0 ? off / variance.squareRoot() - Self.slack : 0
        mean += rate * off
        variance = (1 - rate) * (variance + rate * off * off)
        return beyond > 0 ? beyond / (beyond + Self.half) : 0
    }

    func write(to state: inout StateWriter) {
        state.put(count)
        state.put([mean, variance])
        state.put(logarithms)
    }

    init(_ bins: Int, from state: inout StateReader) throws {
        count = try state.int(0...Int.max)
        (mean, variance) = try (state.double(), max(0, state.double()))
        logarithms = try state.floats(bins)
    }
}
