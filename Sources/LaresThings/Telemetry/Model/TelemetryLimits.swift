/// How much a store takes.
public struct TelemetryLimits: Hashable, Sendable {
    /// Series at the same time.
    public var series = 100_000
    /// Bytes in the name of a thing or a property.
    public var nameBytes = 512
    /// Bytes in a text that was read.
    public var textBytes = 4_096
    /// Readings in one call of `append`.
    public var batch = 50_000
    /// Readings that wait to be stored at the same time.
    public var waiting = 500_000
    /// Readings kept in order of time, and in memory, before they are sorted into the files of their months: 16 to 40 bytes of memory each.
    /// In a burst there are up to four times as many; then `append` waits.
    public var unsorted = 1_000_000
    /// How long a sixteenth of them may wait: they are sorted then too, so that a home's few readings don't fill memory for days, and charts needn't
    /// put together what was made of days.
    public var sortAfter = Duration.seconds(3_600)
    /// Readings in one answer.
    public var page = 100_000
    /// Readings looked at for one chart; where there are more it comes from statistics. Two million take a tenth of a second or two.
    public var scanned = 2_000_000
    /// Buckets or statistics in one answer.
    public var buckets = 100_000

    /// The usual limits.
    public init() {}
}

extension TelemetryLimits {
    /// - Throws: ``TelemetryError`` with code `tooMuch`.
    func check(page: Int) throws {
        guard (1...self.page).contains(page) else {
            throw TelemetryError(.tooMuch, "\(page) readings can't be given at once, 1 to \(self.page) can: ask for the rest afterwards")
        }
    }

    /// - Throws: ``TelemetryError`` with code `tooMuch`.
    func check(buckets: Int) throws {
        guard (2...self.buckets).contains(buckets) else {
            throw TelemetryError(.tooMuch, "a range can be divided into 2 to \(self.buckets) buckets, not \(buckets)")
        }
    }

    /// - Throws: ``TelemetryError`` with code `tooMuch`.
    func check(_ range: Range<Timestamp>, every period: StatisticPeriod) throws {
        let (span, isTooLong) = range.upperBound.milliseconds.subtractingReportingOverflow(range.lowerBound.milliseconds)
        guard !isTooLong, span / period.milliseconds <= buckets else {
            throw TelemetryError(.tooMuch, "the range has more than \(buckets) periods: ask for a shorter one, or longer periods")
        }
    }
}
