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
    /// Who asked for it; nil for jobs of earlier versions.
    public var by: String?
    /// How often a process was started for it since it was asked for, or resumed.
    public var attempts: Int
    /// What it may use.
    public var limits = TrainingLimits()
    /// Seconds that its processes have run since it was asked for, or resumed.
    public var spent = 0
    /// Processes that were started since one went on from further than the one before it.
    public internal(set) var vainAttempts = 0
    /// The step that the last process began with.
    var firstStep = 0
    /// The recipe.
    public let recipe: JSON
    /// The data set it learns from; nil when the data came with it or lie elsewhere.
    public var dataSet: String?
    /// The last progress: epoch, step, loss, validation; null before the first.
    public var progress: JSON
    /// Why it failed, or why it waits though nothing is before it; nil otherwise.
    public var message: String?
    /// The model card of a finished job; null before.
    public var card: JSON
    /// The losses so far.
    public var curve = LossRecord()
    /// What happened to it, oldest first.
    public var log: [JobNote] = []

    /// Whether nothing more will happen.
    public var isOver: Bool { state != .queued && state != .running }

    /// Whether it can go on after all.
    public var isResumable: Bool { state == .failed || state == .cancelled }

    static let longestLog = 50

    /// Takes in that its process has begun with a step, 0 where there is no checkpoint.
    mutating func begin(at step: Int) {
        if step > firstStep { vainAttempts = 1 }
        firstStep = step
    }

    mutating func note(_ event: JobNote.Event, at time: Date = Date()) {
        log.append(JobNote(time: time, event: event))
        log.removeFirst(Swift.max(0, log.count - Self.longestLog))
    }
}

/// Something that happened to a job.
public struct JobNote: Sendable, Hashable {
    /// What happened.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// It was asked for, or asked to go on.
        case queued
        /// Its process has read the data and begins.
        case started
        /// Its process goes on from a checkpoint.
        case resumed
        /// The server went down, and the process with it.
        case interrupted
        /// It was cancelled.
        case cancelled
        /// It has ended well.
        case finished
        /// It can't go on.
        case failed
    }

    /// When.
    public let time: Date
    /// What.
    public let event: Event

    /// The note as an object.
    public var json: JSON { ["time": .int(Int(time.timeIntervalSince1970)), "event": .string(event.rawValue)] }

    init(time: Date, event: Event) { (self.time, self.event) = (time, event) }

    init?(_ json: JSON) {
        guard let time = json["time"]?.number, let event = json["event"]?.text.flatMap(Event.init(rawValue:)) else { return nil }
        self.init(time: Date(timeIntervalSince1970: time), event: event)
    }
}
