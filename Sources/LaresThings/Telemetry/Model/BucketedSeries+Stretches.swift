/// A part of a chart in which something was known all the time.
public struct ChartStretch: Hashable, Sendable {
    /// Its buckets, earliest first; at least one.
    public var buckets: [Bucket]
    /// Until when the last of them holds.
    public var end: Timestamp
}

extension BucketedSeries {
    /// How long a reading is believed in a chart: three times as long as from one pulse (``Pulse``) to the next, or as a bucket is wide.
    private var reach: Int64 { 3 * max(PulseTime.period, width) }

    /// The stretches in which something was known: what is constant has a reading every five minutes, so where there is none for longer than
    /// three of them nothing was heard.
    ///
    /// - Parameter end: where the chart ends; the last value holds until then when that is not long.
    public func stretches(until end: Timestamp) -> [ChartStretch] {
        var stretches: [ChartStretch] = []
        for bucket in buckets {
            let over = min(end, Timestamp(milliseconds: bucket.start.milliseconds + width))
            if let before = stretches.last, bucket.start.milliseconds - before.end.milliseconds <= reach {
                stretches[stretches.count - 1].buckets.append(bucket)
                stretches[stretches.count - 1].end = over
            } else {
                stretches.append(ChartStretch(buckets: [bucket], end: over))
            }
        }
        if let last = stretches.last, end.milliseconds - last.end.milliseconds <= reach { stretches[stretches.count - 1].end = end }
        return stretches
    }

    /// Where nothing was known, of a chart's range.
    public func gaps(in range: Range<Timestamp>) -> [Range<Timestamp>] {
        var gaps: [Range<Timestamp>] = [], known = range.lowerBound
        for stretch in stretches(until: range.upperBound) {
            if let start = stretch.buckets.first?.start, start > known { gaps.append(known..<start) }
            known = max(known, stretch.end)
        }
        if range.upperBound > known { gaps.append(known..<range.upperBound) }
        return gaps.filter { $0.upperBound.milliseconds - $0.lowerBound.milliseconds > reach }
    }
}
