/// Readings as the columns of an insertion.
struct AppendedRows {
    /// Of all of them: where two have the same series and time, the one with the higher version counts.
    let version: UInt64
    /// Whether no series has a time twice, or an earlier one after a later one.
    var isInOrder = true
    /// The day of the last reading that was added.
    private(set) var day: Int64 = -1
    private var month: UInt32 = 0
    private(set) var numbers = Columns<Double>()
    private(set) var texts = Columns<String>()
    /// Days that begin to change.
    private(set) var marks = Columns<Int32>()

    /// Rows of one table.
    struct Columns<Value: Sendable>: Sendable {
        var months: [UInt32] = []
        var series: [UInt64] = []
        var times: [Int64] = []
        var values: [Value] = []
        var count: Int { series.count }
    }

    init(version: UInt64) { self.version = version }

    mutating func add(_ reading: Reading, _ line: UInt64) {
        let time = reading.time.milliseconds
        if day < 0 || time < day * 86_400_000 || time >= (day + 1) * 86_400_000 {
            day = time / 86_400_000
            month = Month(containing: time).stamp
        }
        switch reading.value {
        case .number(let number): numbers.add(month, line, time, number)
        case .state(let text): texts.add(month, line, time, text)
        }
    }

    /// Marks the day of the last reading as one that changes.
    mutating func mark(_ line: UInt64) { marks.add(month, line, day, Int32(clamping: day)) }

    /// Keeps the last of readings that have the same series and time.
    mutating func settle() {
        guard !isInOrder else { return }
        numbers = numbers.settled()
        texts = texts.settled()
        marks = marks.settled()
    }
}

extension AppendedRows.Columns {
    mutating func add(_ month: UInt32, _ line: UInt64, _ time: Int64, _ value: Value) {
        months.append(month)
        series.append(line)
        times.append(time)
        values.append(value)
    }

    /// In order, the last of each series and time.
    func settled() -> Self {
        let order = series.indices.sorted { left, right in
            if series[left] != series[right] { return series[left] < series[right] }
            return times[left] != times[right] ? times[left] < times[right] : left < right
        }
        let kept = order.indices.filter { place in
            guard place + 1 < order.count else { return true }
            let (this, next) = (order[place], order[place + 1])
            return series[this] != series[next] || times[this] != times[next]
        }
        return picked(kept.map { order[$0] })
    }

    private func picked(_ places: [Int]) -> Self {
        Self(
            months: places.map { months[$0] }, series: places.map { series[$0] }, times: places.map { times[$0] },
            values: places.map { values[$0] })
    }

    /// Pieces of which none has more months than servers take in one insertion: a hundred.
    func pieces() -> [Self] {
        let all = Set(months)
        guard all.count > 90 else { return count == 0 ? [] : [self] }
        let sorted = all.sorted()
        return stride(from: 0, to: sorted.count, by: 90).map { start in
            let some = Set(sorted[start...].prefix(90))
            return picked(months.indices.filter { some.contains(months[$0]) })
        }
    }
}
