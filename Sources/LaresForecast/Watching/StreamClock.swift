/// Which values of a stream count, and whether the stream was interrupted before one.
struct StreamClock: Sendable, Hashable {
    /// How many counted.
    private(set) var count = 0
    private var last = Int64.min
    /// What usually lies between two, in milliseconds.
    private var interval = 0.0
    /// How many in a row were from before the last.
    private var late = 0

    /// A silence of so many usual intervals ends what windows look back on.
    static let gap = 20.0
    /// After so many values in a row from before the last, it is the last that was wrong: somebody set a clock.
    static let mostLate = 20
    /// Numbers beyond can't be told apart from faults, and their differences wouldn't be finite.
    static let greatest = 1e30

    enum Verdict { case counts, resumes, ignored }

    mutating func take(_ value: Double, at time: Int64) -> Verdict {
        guard value.isFinite, abs(value) <= Self.greatest else { return .ignored }
        if time < last {
            late += 1
            guard late > Self.mostLate else { return .ignored }
        }
        defer {
            (last, late) = (time, 0)
            count = count == .max ? count : count + 1
        }
        if time < last { return .resumes }
        guard count > 0 else { return .counts }
        let (wait, far) = time.subtractingReportingOverflow(last)
        let between = far ? Double(Int64.max) : Double(wait)
        defer { interval += (min(between, interval * 4) - interval) * 0.05 }
        if count == 1 { interval = between }
        return count > 20 && interval > 0 && between > Self.gap * interval ? .resumes : .counts
    }

    func write(to state: inout StateWriter) {
        state.put(count)
        state.put(last)
        state.put(interval)
        state.put(late)
    }

    init() {}

    init(from state: inout StateReader) throws {
        count = try state.int(0...Int.max)
        last = try state.int64()
        interval = try state.double()
        late = try state.int(0...Self.mostLate)
    }
}
