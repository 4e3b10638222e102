import LaresThings

/// One of many small pictures: between the least and the greatest of each of its parts, with what it is now and was.
struct SmallChart: Sendable {
    let line: LineChart.Line
    let range: Range<Timestamp>
    let said: SeriesWords

    /// The units of the picture.
    static let (width, height) = (120, 40)

    /// Buckets of each of so many series, so that a page of fifty stays small. Of a year these are put together from statistics of days.
    static func buckets(of count: Int) -> Int { count > 25 ? 80 : 120 }

    /// The fields of one picture of the template `panel`.
    var fields: [String: Any] {
        let buckets = line.chart.buckets
        var fields: [String: Any] = [
            "series": said.name(line.key), "href": "/query?series=\(line.key.queried)", "area": "", "about": said.words("panel.silent"),
            "last": said.words("unit.none"),
        ]
        guard let least = buckets.map(\.min).min(), let greatest = buckets.map(\.max).max(), let last = buckets.last else { return fields }
        fields["area"] = area(least, greatest)
        fields["last"] = said.value(last.last, of: line.key)
        fields["about"] = said.words("panel.range", ["least": said.value(least, of: line.key), "most": said.value(greatest, of: line.key)])
        return fields
    }

    private func area(_ least: Double, _ greatest: Double) -> String {
        let axis = TimeAxis(range: range, amount: said.amount), height = Self.height - 2
        let span = greatest > least ? greatest - least : 1
        func y(_ value: Double) -> Int { 1 + (greatest > least ? Int((Double(height) * (greatest - value) / span).rounded()) : height / 2) }
        func x(_ bucket: Bucket) -> Int {
            axis.x(Timestamp(milliseconds: bucket.start.milliseconds + line.chart.width / 2), of: Self.width)
        }
        var path = CompactPath()
        for stretch in SeriesSilence(line.chart, in: range).stretches {
            for (place, bucket) in stretch.enumerated() {
                if place == 0 { path.move(x(bucket), y(bucket.max)) } else { path.line(x(bucket), y(bucket.max)) }
            }
            if stretch.contains(where: { $0.min < $0.max }) {
                for bucket in stretch.reversed() { path.line(x(bucket), y(bucket.min)) }
                path.close()
            } else if stretch.count == 1 {
                path.dot()
            }
        }
        return path.text
    }
}
