/// One point by itself, for tests and tools; what collects at scale never makes one.
public struct PlainPoint: Hashable, Sendable {
    /// The series, without a tenant.
    public let series: SeriesKey
    /// What was measured.
    public let value: ReadingValue
    /// When; nil: not said.
    public let time: Timestamp?
    /// The unit; nil: not said.
    public let unit: Unit?
    /// The flag; nil: not said.
    public let quality: Quality?
}

extension PlainPoint {
    /// A line that can't be taken.
    public struct Refusal: Hashable, Sendable {
        /// Its number, from 1.
        public let line: Int
        /// Why.
        public let fault: PointFault
    }

    /// All points of a text that comes in chunks of so many bytes.
    ///
    /// - Throws: ``PointFault`` when the heading of a table can't be read.
    public static func read(
        _ text: [UInt8], _ format: PointFormat, _ precision: TimePrecision? = nil, chunk: Int = 1 << 16
    ) throws(PointFault) -> (points: [PlainPoint], refusals: [Refusal]) {
        var reader = try PointReader(format, precision ?? format.usualPrecision)
        var vocabulary = Vocabulary()
        var (points, refusals): ([PlainPoint], [Refusal]) = ([], [])
        var at = 0
        repeat {
            let end = min(text.count, at + max(1, chunk))
            reader.append(text[at..<end])
            at = end
            while let piece = reader.next(&vocabulary, isLast: at == text.count) {
                points += plain(piece.points, vocabulary)
                refusals += piece.faults.map { Refusal(line: piece.number(at: $0.line.lowerBound), fault: $0.fault) }
            }
            if let trouble = reader.trouble { throw trouble }
        } while at < text.count
        return (points, refusals)
    }

    private static func plain(_ batch: PointBatch, _ vocabulary: Vocabulary) -> [PlainPoint] {
        var texts = batch.texts.makeIterator()
        return batch.words.indices.map { place in
            let name = vocabulary.words[Int(batch.words[place])].name, number = batch.numbers[place], time = batch.times[place]
            return PlainPoint(
                series: name.series, value: number.isNaN ? .state(texts.next() ?? "") : .number(number),
                time: time == PointBatch.untimed ? nil : Timestamp(milliseconds: time), unit: name.unit, quality: name.quality)
        }
    }
}
