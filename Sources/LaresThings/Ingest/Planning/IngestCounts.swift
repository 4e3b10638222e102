/// What became of points.
public struct IngestCounts: Hashable, Sendable {
    /// Points that are on the disk.
    public var stored = 0
    /// Points that were there already, with the same value.
    public var duplicates = 0
    /// Of the stored ones, those older than one of their series that came before.
    public var late = 0
    /// Of the stored ones, those that took the place of another value.
    public var replaced = 0
    /// Lines among the dead letters.
    public var refused = 0
    /// Lines that went nowhere, as the dead letters were full.
    public var lost = 0
    /// Bytes that were read.
    public var bytes = 0

    /// Nothing.
    public init() {}

    /// Adds others.
    public static func += (left: inout IngestCounts, right: IngestCounts) {
        left.stored += right.stored
        left.duplicates += right.duplicates
        left.late += right.late
        left.replaced += right.replaced
        left.refused += right.refused
        left.lost += right.lost
        left.bytes += right.bytes
    }
}

/// What became of what was sent.
public struct IngestAnswer: Hashable, Sendable {
    /// A line that wasn't taken.
    public struct Refusal: Hashable, Sendable {
        /// Its number, from 1.
        public let line: Int
        /// Why.
        public let fault: PointFault
    }

    /// How many points met what end.
    public var counts = IngestCounts()
    /// The first lines that weren't taken.
    public internal(set) var refusals: [Refusal] = []

    /// So many refusals are told.
    public static let told = 10
}
