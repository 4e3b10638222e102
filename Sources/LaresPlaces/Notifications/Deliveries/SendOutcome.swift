/// What came of a try to send something.
public enum SendOutcome: Hashable, Sendable {
    /// The other side has taken it.
    case sent
    /// The other side won't take it, and why: trying again is no use.
    case refused(String)
    /// It didn't work this time, and why; the other side may have asked to be left alone for some seconds.
    case failed(String, retryAfter: Double? = nil)
}
