/// What an ingest noticed of a series' points since it began. Counts begin anew with the program.
public struct SeriesMarks: Hashable, Sendable {
    /// Points that were there already, with the same value.
    public internal(set) var duplicates: UInt32 = 0
    /// Points older than one that came before.
    public internal(set) var late: UInt32 = 0
    /// Points that took the place of another value.
    public internal(set) var replaced: UInt32 = 0
    /// Points that were sent as suspect or bad.
    public internal(set) var flagged: UInt32 = 0

    /// Nothing was noticed.
    public init() {}

    /// All of them together.
    public var total: Int { Int(duplicates) + Int(late) + Int(replaced) + Int(flagged) }
}

extension Ingest {
    /// What was noticed of series, by name, and the unit each has.
    public func marks(of keys: [SeriesKey]) -> [SeriesKey: (marks: SeriesMarks, unit: Unit?)] {
        Dictionary(keys.map { key in (key, (book.marks(of: key), book.slot(of: key).flatMap { book.entries[Int($0)].unit })) }) { $1 }
    }

    /// The series of which most was noticed, worst first; flags count for the series that they are of.
    public func noticed(atMost count: Int) -> [SeriesKey] {
        var totals: [SeriesKey: Int] = [:]
        for entry in book.entries where entry.marks.total > 0 {
            totals[entry.key.flaggedSeries ?? entry.key, default: 0] += entry.marks.total
        }
        return totals.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }.prefix(count).map(\.key)
    }
}
