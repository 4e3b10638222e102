/// What the sun does once a day, most days.
public enum SunEvent: String, Sendable, CaseIterable, Hashable {
    /// The sun comes as near the horizon from below as twilight's kind says.
    case dawn
    /// The sun's upper edge appears.
    case sunrise
    /// The sun stands highest.
    case noon
    /// The sun's upper edge disappears.
    case sunset
    /// The sun has gone as far below the horizon as twilight's kind says.
    case dusk
}

/// How dark it is when twilight begins or ends.
public enum Twilight: String, Sendable, CaseIterable, Hashable {
    /// The sun is 6° below the horizon: one can read outdoors.
    case civil
    /// The sun is 12° below the horizon: the horizon at sea can be seen.
    case nautical
    /// The sun is 18° below the horizon: beyond it the sky is dark.
    case astronomical

    fileprivate var depression: Double {
        switch self {
        case .civil: 6
        case .nautical: 12
        case .astronomical: 18
        }
    }
}

extension SunEvent {
    /// How far the sun's centre is below the horizon, in degrees, without refraction.
    ///
    /// Refraction is added by NOAA's approximation, to twilight as well: that is how `astral`, and with it Home Assistant, tells dawn and dusk.
    /// The almanac's twilight leaves it out, which is about 20 seconds at middle latitudes. Nil: it isn't a matter of the horizon.
    func depression(_ twilight: Twilight) -> Double? {
        let seen: Double
        switch self {
        case .noon: return nil
        case .sunrise, .sunset: seen = 16.0 / 60
        case .dawn, .dusk: seen = twilight.depression
        }
        return seen + Self.refraction(atAltitude: -seen)
    }

    var isRising: Bool { self == .dawn || self == .sunrise }
}
