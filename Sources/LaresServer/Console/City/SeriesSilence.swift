package import LaresThings

/// Where something was heard of a series and where not, by its own habit: a silence is one of more than three times the usual time between two readings.
package struct SeriesSilence: Sendable {
    /// Milliseconds that usually lie between two buckets with readings.
    package let usual: Int64
    /// Buckets without a silence between them.
    package private(set) var stretches: [[Bucket]] = []
    /// The silences, the one that lasts until the end among them; what lies before the first reading is none.
    package private(set) var gaps: [Range<Timestamp>] = []

    package init(_ chart: BucketedSeries, in range: Range<Timestamp>) {
        let starts = chart.buckets.map(\.start.milliseconds)
        let steps = zip(starts.dropFirst(), starts).map { $0 - $1 }.sorted()
        usual = max(chart.width, steps.isEmpty ? 0 : steps[steps.count / 2])
        let reach = 3 * usual
        for bucket in chart.buckets {
            if let last = stretches.last?.last, bucket.start.milliseconds - last.start.milliseconds <= reach {
                stretches[stretches.count - 1].append(bucket)
            } else {
                if let last = stretches.last?.last {
                    gaps.append(Timestamp(milliseconds: last.start.milliseconds + chart.width)..<bucket.start)
                }
                stretches.append([bucket])
            }
        }
        if let last = stretches.last?.last {
            let end = Timestamp(milliseconds: last.start.milliseconds + chart.width)
            if range.upperBound.milliseconds - last.start.milliseconds > reach, range.upperBound > end {
                gaps.append(end..<range.upperBound)
            }
        }
    }

    /// Seconds of all silences.
    package var seconds: Double { gaps.reduce(0) { $0 + Double($1.upperBound.milliseconds - $1.lowerBound.milliseconds) / 1_000 } }
}
