/// When the system's allocator should give back what it keeps.
///
/// glibc keeps what is freed for what may come: after a thousand devices announced themselves at once, or a long answer, that is many megabytes of nothing.
/// Giving it back takes some milliseconds, in which other threads wait for memory, and it is taken again page by page; so it is done when the process has grown and then
/// stood still for a second, and ever more seldom where it grows again at once.
package struct SettledHeap: Sendable {
    /// What is worth it, in bytes.
    static let growth = 4 << 20
    /// Two looks that differ by less are standing still.
    static let stillness = 256 << 10
    /// Seconds between two trims, from the first to the most.
    static let pauses = 2.0...300

    /// What the process had when it was trimmed last; nil: never.
    private var trimmed: (size: Int, before: Int, time: Double)?
    private var last: Int?
    private var still = 0
    private var pause = pauses.lowerBound
    private var hasGrownAgain = false

    /// A process that just began.
    package init() {}

    /// Takes in how large the process is, twice a second: whether to trim now. ``trimmed(to:at:)`` follows then.
    ///
    /// - Parameters:
    ///   - size: Bytes that are resident and nobody else's.
    ///   - time: Seconds.
    package mutating func shouldTrim(_ size: Int, at time: Double) -> Bool {
        still = last.map { abs(size - $0) < Self.stillness } == true ? still + 1 : 0
        last = size
        guard let trimmed else { return still >= 2 }
        // It had use for it: giving back was in vain.
        if !hasGrownAgain, time - trimmed.time < 10, size > trimmed.before - Self.stillness {
            hasGrownAgain = true
            pause = min(Self.pauses.upperBound, pause * 2)
        }
        return still >= 2 && size - trimmed.size > Self.growth && time - trimmed.time >= pause
    }

    /// Takes in how large the process is after a trim.
    package mutating func trimmed(to size: Int, at time: Double) {
        trimmed = (size, last ?? size, time)
        (last, still, hasGrownAgain) = (size, 0, false)
    }
}
