public import Foundation
public import LaresJSON

/// Something on its way to a channel or an address.
///
/// It changes by what it is told; nothing here sends or waits.
public struct Delivery: Hashable, Sendable {
    /// How it stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It waits until it is due.
        case queued
        /// It is being sent.
        case sending
        /// The other side has taken it.
        case sent
        /// It was given up.
        case failed
    }

    /// What is sent.
    public enum Content: Hashable, Sendable {
        /// Something for people.
        case notice(Notice, language: NoticeRecipient.Language)
        /// A body for a program, and the rule that sends it.
        case call(JSON, rule: String)
    }

    /// Its number; no other delivery has it.
    public let number: Int64
    /// The name of the channel, or the address that a trusted rule calls.
    public let target: String
    /// Whom it is for; nil: nobody by name.
    public let recipient: String?
    /// What the other side can tell by that it has had it already: the same at every try, and after a restart.
    public let key: String
    /// What is sent.
    public let content: Content
    /// Whether it comes through in quiet hours and goes first.
    public let isUrgent: Bool
    /// When it was put here.
    public let createdAt: Date
    /// When it is given up.
    public let expiresAt: Date
    /// How it stands.
    public internal(set) var state: State
    /// When it is to be tried next.
    public internal(set) var dueAt: Date
    /// How many tries have begun.
    public internal(set) var attempts: Int
    /// When it was sent or given up.
    public internal(set) var endedAt: Date?
    /// Why it isn't sent; nil: nothing went wrong yet.
    public internal(set) var reason: String?

    package init(
        number: Int64 = 0, target: String, recipient: String?, key: String, content: Content, isUrgent: Bool, createdAt: Date,
        expiresAt: Date, state: State = .queued, dueAt: Date, attempts: Int = 0, endedAt: Date? = nil, reason: String? = nil
    ) {
        (self.number, self.target, self.recipient, self.key) = (number, target, recipient, key)
        (self.content, self.isUrgent, self.createdAt, self.expiresAt) = (content, isUrgent, createdAt, expiresAt)
        (self.state, self.dueAt, self.attempts, self.endedAt, self.reason) = (state, dueAt, attempts, endedAt, reason)
    }

    /// Begins a try.
    package mutating func begin() { (state, attempts) = (.sending, attempts + 1) }

    /// Takes what came of a try.
    package mutating func finish(_ outcome: SendOutcome, at now: Date, by policy: RetryPolicy, chance: Double) {
        switch outcome {
        case .sent: end(.sent, nil, at: now)
        case .refused(let reason): end(.failed, reason, at: now)
        case .failed(let reason, let asked):
            guard let next = policy.next(after: now, attempts: attempts, asked: asked, until: expiresAt, chance: chance) else {
                return end(.failed, "given up at try \(attempts): \(reason)", at: now)
            }
            (state, dueAt, self.reason) = (.queued, next, Self.bounded(reason))
        }
    }

    /// Gives it up.
    mutating func giveUp(_ reason: String, at now: Date) { end(.failed, reason, at: now) }

    /// Takes a try back that nobody knows the end of: it is made again, with the same key.
    package mutating func resume(at now: Date) { (state, dueAt) = (.queued, min(dueAt, now)) }

    private mutating func end(_ state: State, _ reason: String?, at now: Date) {
        (self.state, self.reason, endedAt) = (state, reason.map(Self.bounded), now)
    }

    private static func bounded(_ reason: String) -> String { OneLine.of(reason, most: 300) }
}
