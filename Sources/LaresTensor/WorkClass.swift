/// How urgent work on the engine pool is; the more urgent compares as smaller.
public enum WorkClass: Int, Sendable, Comparable, CaseIterable {
    /// A command is waiting: a lamp, a lock.
    case act
    /// A person is reading.
    case chat
    /// Nobody waits: training, bulk work.
    case batch

    /// Whether `left` is more urgent.
    public static func < (left: WorkClass, right: WorkClass) -> Bool { left.rawValue < right.rawValue }
}
