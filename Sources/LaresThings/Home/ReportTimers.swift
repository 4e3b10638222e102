import Foundation

/// When reports expire, and when true ones become false by themselves.
struct ReportTimers: Sendable {
    private var deadlines: [Int: Date] = [:]
    /// No deadline lies before it, so that most looks cost nothing.
    private var earliest = Date.distantFuture

    /// When the next one comes; nil: none.
    var next: Date? { deadlines.isEmpty ? nil : earliest }

    mutating func set(_ slot: Int, _ date: Date) {
        deadlines[slot] = date
        earliest = min(earliest, date)
    }

    mutating func forget(_ slot: Int) { deadlines[slot] = nil }

    /// The slots whose time has come.
    mutating func due(at date: Date) -> [Int] {
        guard earliest <= date else { return [] }
        let due = deadlines.filter { $0.value <= date }.keys.sorted()
        for slot in due { deadlines[slot] = nil }
        earliest = deadlines.values.min() ?? .distantFuture
        return due
    }
}
