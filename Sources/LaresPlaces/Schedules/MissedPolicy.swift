/// What happens with occurrences that came while nobody was there to act on them: the program was stopped, or the machine asleep.
public enum MissedPolicy: Hashable, Sendable {
    /// They are dropped.
    case skip
    /// The last of them is acted on, once, if it is no more than so many seconds late (1 second to 31 days).
    case runOnce(within: Int)

    /// The latest that `runOnce` may allow, in seconds: 31 days.
    public static let longest = 31 * 86_400
}
