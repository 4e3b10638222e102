/// Readings of one series in memory, in order of time once they are settled.
struct SeriesRun: Sendable {
    private(set) var times: [Int64] = []
    /// The numbers of those times, or none.
    private(set) var numbers: [Double] = []
    /// The texts of those times, or none.
    private(set) var texts: [String] = []
    /// Whether they are in order, one for each time.
    private(set) var isSettled = true

    var count: Int { times.count }
    var isEmpty: Bool { times.isEmpty }

    /// Adds a reading; the one that came last counts where times are the same.
    mutating func append(_ time: Int64, _ value: ReadingValue) {
        if let last = times.last, last >= time {
            // Sorted when it is read: devices that send a whole day backwards would move every reading each time.
            isSettled = false
        }
        times.append(time)
        switch value {
        case .number(let number): numbers.append(number)
        case .state(let text): texts.append(text)
        }
    }

    /// Puts readings in order and keeps the last of each time.
    mutating func settle() {
        guard !isSettled else { return }
        let order = times.indices.sorted { times[$0] != times[$1] ? times[$0] < times[$1] : $0 < $1 }
        let kept = order.indices.filter { $0 + 1 == order.count || times[order[$0]] != times[order[$0 + 1]] }.map { order[$0] }
        times = kept.map { times[$0] }
        if !numbers.isEmpty { numbers = kept.map { numbers[$0] } }
        if !texts.isEmpty { texts = kept.map { texts[$0] } }
        isSettled = true
    }

    /// Readings of a range of times.
    ///
    /// - Precondition: it is settled.
    func slice(_ range: Range<Int64>) -> SeriesRun { slice(indices(range)) }

    /// Readings at a range of places.
    func slice(_ places: Range<Int>) -> SeriesRun {
        var slice = SeriesRun()
        slice.times = Array(times[places])
        if !numbers.isEmpty { slice.numbers = Array(numbers[places]) }
        if !texts.isEmpty { slice.texts = Array(texts[places]) }
        return slice
    }

    /// The places of a range of times.
    ///
    /// - Precondition: it is settled.
    func indices(_ range: Range<Int64>) -> Range<Int> {
        precondition(isSettled, "readings are searched before they are in order")
        return place(of: range.lowerBound)..<place(of: range.upperBound)
    }

    /// The first place whose time is not before this one.
    private func place(of time: Int64) -> Int {
        var low = 0, high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func value(at place: Int) -> ReadingValue { numbers.isEmpty ? .state(texts[place]) : .number(numbers[place]) }

    /// These readings over older ones: where times are the same, these count.
    func over(_ older: SeriesRun) -> SeriesRun {
        if older.isEmpty { return self }
        if isEmpty { return older }
        var both = older
        both.isSettled = older.isSettled && isSettled && (older.times.last ?? .min) < (times.first ?? .max)
        both.times += times
        both.numbers += numbers
        both.texts += texts
        both.settle()
        return both
    }
}
