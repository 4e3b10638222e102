/// How urgent a piece of work is; the most urgent comes first.
public enum WorkClass: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// A command is waiting: a lamp, a lock.
    case act
    /// A person is reading along.
    case chat
    /// Nobody waits: bulk work, training.
    case batch

    /// Whether `a` is more urgent than `b`.
    public static func < (a: WorkClass, b: WorkClass) -> Bool { a.rawValue < b.rawValue }
}
