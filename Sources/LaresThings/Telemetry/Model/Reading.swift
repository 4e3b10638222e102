/// What was read: a number, or one of several texts.
public enum ReadingValue: Hashable, Sendable {
    /// A finite number; on and off are 1 and 0.
    case number(Double)
    /// A text: "cooling".
    case state(String)
}

/// One value of one series at one time.
///
/// A series has one reading at a time: a second one with the same time takes the place of the first, so a message that comes twice changes
/// nothing.
public struct Reading: Hashable, Sendable {
    /// The series it belongs to.
    public var series: SeriesID
    /// When it was true, by the device's clock or, where it has none, the time of receipt.
    public var time: Timestamp
    /// What was read.
    public var value: ReadingValue

    /// A reading.
    public init(_ series: SeriesID, at time: Timestamp, _ value: ReadingValue) {
        self.series = series
        self.time = time
        self.value = value
    }
}

/// Which reading comes first.
public enum ReadingOrder: Hashable, Sendable {
    /// From the beginning of the range.
    case oldestFirst
    /// From its end.
    case newestFirst
}
