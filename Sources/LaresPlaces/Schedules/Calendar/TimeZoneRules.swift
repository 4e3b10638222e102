public import Foundation

/// How far a zone's clocks are ahead of UTC, and when that changes, for the years 1900 to 2199.
///
/// ```swift
/// let berlin = try TimeZoneRules("Europe/Berlin")
/// ```
///
/// Every change is listed once, so that a look-up is one binary search. Rejected: Foundation's `Calendar`, which is slow and fills gaps by
/// rules of its own, and its `TimeZone`, whose data is the toolchain's and doesn't change when the system's is brought up to date.
public struct TimeZoneRules: Hashable, Sendable {
    /// A change of the offset.
    package struct Change: Hashable, Sendable {
        /// The first second with the new offset.
        package let at: Int
        /// Seconds ahead of UTC until then.
        package let before: Int
        /// Seconds ahead of UTC from then on; never the same as `before`.
        package let after: Int

        /// Wall clocks have shown everything below this, in seconds since 1970-01-01 00:00 on the wall, and won't show it again.
        var wallEnd: Int { at + max(before, after) }
    }

    /// The name in the IANA database, such as "Europe/Berlin".
    public let identifier: String
    /// The changes, earliest first; each one's `before` is the `after` of the one in front of it.
    package let changes: [Change]
    private let first: Int

    /// - Parameters:
    ///   - identifier: The name.
    ///   - first: Seconds ahead of UTC before the first change.
    ///   - offsets: What the offset becomes and when, earliest first; entries that change nothing are left out.
    init(_ identifier: String, first: Int, offsets: [(at: Int, offset: Int)]) throws(ScheduleError) {
        var (changes, offset) = ([Change](), first)
        for next in offsets where next.offset != offset {
            let change = Change(at: next.at, before: offset, after: next.offset)
            if let last = changes.last, change.at + min(change.before, change.after) < last.wallEnd {
                throw ScheduleError(.badTimeZone, "the time zone \(identifier) changes its offset again before the last change is over")
            }
            changes.append(change)
            offset = next.offset
        }
        (self.identifier, self.first, self.changes) = (identifier, first, changes)
    }

    /// A zone without changes. Traps unless the offset is less than a day.
    /// - Parameter offset: Seconds ahead of UTC.
    public init(identifier: String, offset: Int) {
        precondition(abs(offset) < 86_400, "an offset from UTC is less than a day")
        (self.identifier, first, changes) = (identifier, offset, [])
    }

    /// Coordinated universal time.
    public static let utc = TimeZoneRules(identifier: "UTC", offset: 0)

    /// Seconds ahead of UTC at a moment.
    public func offset(at date: Date) -> Int { offset(at: Instant(flooring: date)) }

    func offset(at instant: Instant) -> Int {
        let next = index { $0.at > instant }
        return next == 0 ? first : changes[next - 1].after
    }

    /// The day and the seconds since its 00:00 that wall clocks show.
    package func wall(at instant: Int) -> (day: Int, seconds: Int) {
        let (day, seconds) = (instant + offset(at: instant)).flooredDivision(by: 86_400)
        return (day, seconds)
    }

    /// When wall clocks show a time: the first time they do when they show it twice; when they skip it, the moment behind the gap.
    /// - Parameter wall: Seconds since 1970-01-01 00:00 on the wall.
    package func instant(wall: Int) -> Int {
        let next = index { $0.wallEnd > wall }
        guard next < changes.count else { return wall - (changes.last?.after ?? first) }
        let change = changes[next]
        return min(wall - change.before, change.at)
    }

    /// Seconds ahead of UTC at a moment, and when that changes next.
    func steady(at instant: Instant) -> (offset: Int, change: Instant?) {
        let next = index { $0.at > instant }
        return (next == 0 ? first : changes[next - 1].after, next < changes.count ? changes[next].at : nil)
    }

    /// The first second of a day, which is not 00:00 where clocks skip that.
    func start(ofDay day: Int) -> Instant { instant(wall: day * 86_400) }

    /// The offset that holds for every wall time of a day and the one behind it; nil if it changes.
    func steadyOffset(ofDay day: Int) -> Int? {
        let next = index { $0.wallEnd > day * 86_400 }
        guard next < changes.count else { return changes.last?.after ?? first }
        let change = changes[next]
        return change.at + min(change.before, change.after) >= (day + 2) * 86_400 ? change.before : nil
    }

    /// The first change of which a condition holds that holds for all behind it too.
    private func index(where isBehind: (Change) -> Bool) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(changes[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
