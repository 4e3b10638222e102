/// A time on a wall clock, to the second.
public struct TimeOfDay: Hashable, Comparable, Sendable {
    /// Seconds since 00:00, 0 to 86,399.
    public let seconds: Int

    init(unchecked seconds: Int) { self.seconds = seconds }

    /// - Parameters:
    ///   - hour: 0 to 23.
    ///   - minute: 0 to 59.
    ///   - second: 0 to 59.
    ///
    /// Nil for a time that no clock shows.
    public init?(hour: Int, minute: Int = 0, second: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        seconds = hour * 3600 + minute * 60 + second
    }

    /// Reads "07:30" or "07:30:15"; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = parts[0].digits(2), let minute = parts[1].digits(2) else { return nil }
        guard let second = parts.count == 3 ? parts[2].digits(2) : 0 else { return nil }
        self.init(hour: hour, minute: minute, second: second)
    }

    /// The earlier time.
    public static func < (a: TimeOfDay, b: TimeOfDay) -> Bool { a.seconds < b.seconds }
}

extension TimeOfDay: CustomStringConvertible {
    /// "07:30", or "07:30:15" when the seconds aren't zero.
    public var description: String {
        let text = (seconds / 3600).twoDigits + ":" + (seconds / 60 % 60).twoDigits
        return seconds % 60 == 0 ? text : text + ":" + (seconds % 60).twoDigits
    }
}
