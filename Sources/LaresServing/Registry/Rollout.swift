public import struct Foundation.Date

/// A version that is tried beside production.
public struct Rollout: Sendable, Hashable {
    /// How it is tried.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It answers a part of the requests.
        case canary
        /// It computes what production answers, and nobody sees its answers.
        case shadow
    }

    /// Which version.
    public var number: Int
    /// How it is tried.
    public var kind: Kind
    /// How many of a hundred requests it gets, 1…100.
    public var percent: Int
    /// It is taken back when more than this share of its last answers (``window``) fail, 0…1.
    public var errorShare: Double
    /// So many answers are waited for before it is judged, 1 or more.
    public var least: Int
    /// When it began; the same begun again is another trial, with figures of its own.
    public var began: Date

    /// How many of its last answers it is judged by: what it did long ago says nothing of a version that fails now.
    public var window: Int { max(least, 200) }

    /// A trial; by default it is taken back when one answer in twenty fails, after twenty answers.
    public init(number: Int, kind: Kind, percent: Int, errorShare: Double = 0.05, least: Int = 20, began: Date = Date()) {
        self.number = number
        self.kind = kind
        self.percent = percent
        self.errorShare = errorShare
        self.least = least
        self.began = began
    }

    /// - Throws: ``RegistryError`` with code `badRollout`.
    func check() throws {
        guard (1...100).contains(percent), errorShare >= 0, errorShare <= 1, (1...1_000_000).contains(least) else {
            throw RegistryError(
                .badRollout,
                "a trial takes 1 to 100 percent of the requests, allows a share of errors from 0 to 1 and waits for 1 to 1,000,000 answers")
        }
    }
}

/// How a trial goes: which requests it takes, and when it is taken back.
package struct RolloutTally: Sendable, Hashable {
    /// Requests so far, those the trial did not take included.
    package private(set) var requests = 0
    /// Answers of the trial.
    package private(set) var answers = 0
    /// Those that failed.
    package private(set) var failures = 0
    /// Largest difference between the shadow's numbers and production's.
    package private(set) var difference: Float = 0
    /// Answers in which the shadow's texts or whole numbers, such as labels, are others than production's, or their sizes.
    package private(set) var disagreements = 0
    /// Requests that a shadow took and left, since it couldn't keep up.
    package private(set) var skipped = 0
    /// Whether each of the last answers failed; from `oldest` on once there are as many as it is judged by.
    private var recent: [Bool] = []
    private var oldest = 0
    private var recentFailures = 0

    /// Nothing so far.
    package init() {}

    /// Whether the trial takes the next request; of any hundred in a row it takes exactly its percent, spread evenly.
    package mutating func takesNext(_ percent: Int) -> Bool {
        let before = requests % 100 * percent / 100
        let after = (requests % 100 + 1) * percent / 100
        requests &+= 1
        return after > before
    }

    /// Counts an answer of the trial, and says whether the trial is over.
    package mutating func count(isFailure: Bool, difference: Float = 0, disagrees: Bool = false, _ rollout: Rollout) -> Bool {
        answers += 1
        disagreements += disagrees ? 1 : 0
        failures += isFailure ? 1 : 0
        self.difference = max(self.difference, difference)
        remember(isFailure, of: rollout.window)
        return answers >= rollout.least && Double(recentFailures) > rollout.errorShare * Double(recent.count)
    }

    private mutating func remember(_ isFailure: Bool, of window: Int) {
        recentFailures += isFailure ? 1 : 0
        guard recent.count == window else { return recent.append(isFailure) }
        recentFailures -= recent[oldest] ? 1 : 0
        recent[oldest] = isFailure
        oldest = (oldest + 1) % window
    }

    /// Counts a request that was left.
    package mutating func skip() { skipped += 1 }
}
