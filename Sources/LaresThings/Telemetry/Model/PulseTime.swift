/// When histories have what stays as it is: a millisecond after every five minutes of the clock.
///
/// The millisecond tells such a reading from one that a thing reported, or that was read elsewhere on the hour. So a store knows from its readings
/// alone whether somebody listened: where pulses end, the thing was silent; where there never were any, only changes were kept.
enum PulseTime {
    /// Milliseconds from one to the next: each of the shortest periods of statistics begins with one.
    static let period = StatisticPeriod.fiveMinutes.milliseconds

    /// Whether a reading of a time is a pulse.
    static func isPulse(_ time: Int64) -> Bool { time.floored(by: period).rest == 1 }

    /// The time of a pulse that belongs to a mark, or to the mark before the time.
    static func latest(upTo time: Int64) -> Int64 { (time - 1).floor(to: period) + 1 }
}
