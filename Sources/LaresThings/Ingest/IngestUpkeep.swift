internal import Foundation

/// What an ingest does beside storing: it learns what `lares ingest tenants` and `lares ingest replay` wrote into its data directory, and forgets letters
/// that are too old.
public struct IngestUpkeep: Sendable {
    private let ingest: Ingest
    /// Seconds between two looks, and looks between two times that letters are forgotten.
    private static let (pause, rounds) = (2, 1_800)

    /// Of an ingest.
    public init(_ ingest: Ingest) { self.ingest = ingest }

    /// Looks every two seconds until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            _ = try? await ingest.letters.prune(now: Timestamp(ingest.clock.now))
            for _ in 0..<Self.rounds where !Task.isCancelled {
                await look()
                try? await Task.sleep(for: .seconds(Self.pause))
            }
        }
    }

    /// One look. What can't be done now, as a disk is full or a tenant sent too much, is done at a later one.
    package func look() async {
        try? await ingest.reloadTenants()
        try? await ingest.replayWanted()
    }
}
