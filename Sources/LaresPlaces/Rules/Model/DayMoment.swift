/// A moment that every day has, most days: a time on the clock, or something that the sun does. People write "07:30", "sunset" or "sunrise-30m".
public enum DayMoment: Hashable, Sendable {
    /// What a clock shows.
    case clock(TimeOfDay)
    /// What the sun does, and by how many seconds it is later, negative earlier; at most half a day.
    case sun(SunEvent, offset: Int)

    /// When the sun rises.
    public static let sunrise = DayMoment.sun(.sunrise, offset: 0)
    /// When the sun sets.
    public static let sunset = DayMoment.sun(.sunset, offset: 0)

    /// When it is on a day; nil where the sun doesn't do it then.
    func instant(on day: CalendarDay, at site: Site) -> Instant? {
        switch self {
        case .clock(let time): site.zone.instant(wall: day.ordinal * 86_400 + time.seconds)
        case .sun(let event, let offset):
            site.position.flatMap { SunTrigger(event, offset: offset)?.instant(on: day, site.zone, $0) }
        }
    }
}

extension DayMoment: CustomStringConvertible {
    /// Reads "07:30", "sunset", "sunset-30m", "dusk+1h"; nil for anything else.
    public init?(_ text: String) {
        if let time = TimeOfDay(text) {
            self = .clock(time)
            return
        }
        let name = text.prefix { $0 != "+" && $0 != "-" }
        guard let event = SunEvent(rawValue: String(name)) else { return nil }
        let rest = text.dropFirst(name.count)
        guard !rest.isEmpty else {
            self = .sun(event, offset: 0)
            return
        }
        guard let span = TimeSpan(String(rest.dropFirst())), span.milliseconds % 1000 == 0 else { return nil }
        let offset = span.milliseconds / 1000 * (rest.first == "-" ? -1 : 1)
        guard SunTrigger.offsets.contains(offset) else { return nil }
        self = .sun(event, offset: offset)
    }

    /// As people write it.
    public var description: String {
        switch self {
        case .clock(let time): time.description
        case .sun(let event, 0): event.rawValue
        case .sun(let event, let offset): "\(event.rawValue)\(offset < 0 ? "-" : "+")\(TimeSpan.seconds(Double(abs(offset))))"
        }
    }
}
