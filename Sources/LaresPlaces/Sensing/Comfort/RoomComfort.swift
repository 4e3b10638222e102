/// How the air of a room is for people and walls.
public struct RoomComfort: Hashable, Sendable {
    /// In one word, for tiles and rules: the worst there is.
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        case comfortable, cold, warm, hot, humid, stuffy
        /// Not what an air conditioner calls "cool" and "dry".
        case cool = "chilly"
        case dry = "dry_air"
        /// Mould will grow on the coldest walls.
        case mould
    }

    /// The air, by its carbon dioxide (German Environment Agency, 2008: harmless below 1,000 ppm, not acceptable above 2,000).
    public enum Air: String, Hashable, Sendable, CaseIterable {
        case fresh, stuffy, bad
    }

    /// Whether mould may grow: surfaces below 70 %, up to 80 %, or more for a day.
    public enum Mould: String, Hashable, Sendable, CaseIterable {
        case none, possible, likely
    }

    /// In °C; nil: nobody measures it.
    public let temperature: Double?
    /// Relative, in percent.
    public let humidity: Double?
    /// In ppm.
    public let carbonDioxide: Double?
    /// At how many °C water condenses.
    public let dewPoint: Double?
    /// How warm it feels, in °C.
    public let feelsLike: Double?
    /// The humidity of the air at the coldest surface, in percent, as a mean over about a day.
    public let surfaceHumidity: Double?
    /// Its carbon dioxide in a word.
    public let air: Air?
    /// Whether mould may grow.
    public let mould: Mould?
    /// All of it in a word.
    public let verdict: Verdict
}

/// Watches the air of an area. Times are seconds since 1970.
struct ComfortJudge: Sendable {
    /// The least part of the difference between inside and outside that the coldest surface of a sound building keeps (DIN 4108-2: f_Rsi ≥ 0.70).
    static let surfaceFactor = 0.7
    /// How cold it is taken to be outside where nobody measures it, in °C.
    static let outside = 5.0
    /// Mould takes days: surfaces count by their mean over so many seconds.
    static let memory = 86_400.0
    /// A band is left only by so much.
    static let slack = (temperature: 0.3, humidity: 2.0, carbonDioxide: 50.0, surface: 1.0)

    private(set) var surface: Double?
    private(set) var surfaceAt = 0.0
    private(set) var comfort: RoomComfort?

    init() {}

    init(surface: Double?, at date: Double) { (self.surface, surfaceAt) = (surface, date) }

    /// What is so now; nil when nothing is measured.
    mutating func judge(
        temperature: Double?, humidity: Double?, carbonDioxide: Double?, outside: Double?, at now: Double
    ) -> RoomComfort? {
        guard temperature != nil || humidity != nil || carbonDioxide != nil else {
            comfort = nil
            return nil
        }
        let (t, r) = (temperature, humidity)
        let dew = t.flatMap { t in r.flatMap { MoistAir.dewPoint(t, humidity: $0) } }
        if let t, let r, dew != nil { average(t, r, outside ?? Self.outside, at: now) }
        let mould = dew == nil ? nil : surface.map(mould)
        let air = carbonDioxide.map(air)
        let feels = t.flatMap { t in r.map { MoistAir.heatIndex(t, humidity: $0) } }
        let verdict = verdict(temperature: t, humidity: r, air: air, mould: mould)
        let result = RoomComfort(
            temperature: t, humidity: r, carbonDioxide: carbonDioxide, dewPoint: dew, feelsLike: feels,
            surfaceHumidity: dew == nil ? nil : surface, air: air, mould: mould, verdict: verdict)
        comfort = result
        return result
    }

    /// An exponential mean over ``memory``.
    private mutating func average(_ temperature: Double, _ humidity: Double, _ outside: Double, at now: Double) {
        let coldest = min(temperature, outside + Self.surfaceFactor * (temperature - outside))
        let current = MoistAir.humidity(humidity, of: temperature, at: coldest)
        let share = min(1, max(0, now - surfaceAt) / Self.memory)
        surface = surface.map { $0 + share * (current - $0) } ?? current
        surfaceAt = now
    }

    private func mould(_ surface: Double) -> RoomComfort.Mould {
        band(surface, [70, 80], of: [.none, .possible, .likely], now: comfort?.mould, slack: Self.slack.surface)
    }

    private func air(_ carbonDioxide: Double) -> RoomComfort.Air {
        band(carbonDioxide, [1_000, 2_000], of: [.fresh, .stuffy, .bad], now: comfort?.air, slack: Self.slack.carbonDioxide)
    }

    /// The worst there is: what harms people or walls before what is unpleasant.
    private func verdict(temperature: Double?, humidity: Double?, air: RoomComfort.Air?, mould: RoomComfort.Mould?) -> RoomComfort.Verdict {
        // 18 °C: WHO housing and health guidelines (2018); 20 and 26 °C: EN 16798-1 category II in winter and in summer; 25 and 60 %: its category II.
        let words: [RoomComfort.Verdict] = [.cold, .cool, .comfortable, .warm, .hot]
        let warmth = temperature.map { band($0, [18, 20, 26, 28], of: words, now: comfort?.verdict, slack: Self.slack.temperature) }
        let wetness = humidity.map {
            band($0, [25, 60], of: [RoomComfort.Verdict.dry, .comfortable, .humid], now: comfort?.verdict, slack: Self.slack.humidity)
        }
        if mould == .likely { return .mould }
        if let warmth, warmth == .cold || warmth == .hot { return warmth }
        if let air, air != .fresh { return .stuffy }
        if let warmth, warmth != .comfortable { return warmth }
        return wetness ?? warmth ?? .comfortable
    }

    /// Which of some bands a number is in; the one it was in reaches a little further.
    private func band<Word: Equatable>(_ number: Double, _ edges: [Double], of words: [Word], now: Word?, slack: Double) -> Word {
        let place = edges.count { number >= $0 }
        guard let now, let before = words.firstIndex(of: now), abs(place - before) == 1 else { return words[place] }
        let edge = edges[min(place, before)]
        return abs(number - edge) < slack ? words[before] : words[place]
    }
}
