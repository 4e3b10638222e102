public import Foundation
public import LaresJSON

/// One moment of a schedule.
public struct Occurrence: Hashable, Sendable {
    /// What a moment is to the block it belongs to.
    public enum Edge: String, Sendable, CaseIterable, Hashable {
        /// The block ends.
        case end
        /// There is no block.
        case moment
        /// The block begins.
        case start
    }

    /// When; a whole second.
    public let date: Date
    /// What it is to its block.
    public let edge: Edge
    /// The place of its trigger in the schedule, from 0.
    public let trigger: Int
    /// The trigger's value.
    public let value: JSON?
}
