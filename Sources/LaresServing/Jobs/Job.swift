public import Foundation
public import LaresJSON

/// A training that someone asked the server for.
public struct Job: Sendable, Hashable {
    /// Where a job stands.
    public enum State: String, Sendable, Hashable {
        /// It waits for its turn, or for the server to go on with it.
        case queued
        /// A child process works on it.
        case running
        /// Network and card are in its folder.
        case finished
        /// It can't go on; the message says why.
        case failed
        /// Someone cancelled it.
        case cancelled
    }

    /// Its name: 16 hexadecimal digits.
    public let id: String
    /// Where it stands.
    public var state: State
    /// When it was asked for.
    public let created: Date
    /// When it ended; nil before.
    public var ended: Date?
    /// How often a process was started for it.
    public var attempts: Int
    /// What it may use.
    public var limits = TrainingLimits()
    /// Seconds that its processes have run since it was asked for, or resumed.
    public var spent = 0
    /// The recipe.
    public let recipe: JSON
    /// The last progress: epoch, step, loss, validation; null before the first.
    public var progress: JSON
    /// Why it failed, or why it waits though nothing is before it; nil otherwise.
    public var message: String?
    /// The model card of a finished job; null before.
    public var card: JSON

    /// Whether nothing more will happen.
    public var isOver: Bool { state != .queued && state != .running }
}
