internal import Foundation

/// Counts what a camera sees in one zone, interval by interval. Tracks are known within their interval only.
struct ZoneCounter: Sendable {
    /// What an interval came to.
    struct Count: Hashable, Sendable {
        /// When it ended.
        let end: Date
        /// In the order of the plan's properties; those under the least are none.
        let values: [Int]
    }

    /// Tracks of an interval; those that come later aren't counted.
    static let mostTracks = 5_000

    let plan: ZonePlan
    /// The interval's number since 1970; nil: nothing was seen yet.
    private var interval: Int?
    /// Where tracks were last, in this interval.
    private var tracks: [String: ZonePlan.Point] = [:]
    private var inside: Set<String> = []
    private var counts = [0, 0]

    init(_ plan: ZonePlan) { self.plan = plan }

    /// Takes in what was detected. What comes late counts for the interval that goes on.
    /// - Returns: The interval that ended, if one did.
    mutating func take(_ event: CameraEvent, at date: Date) -> Count? {
        let ended = pass(to: date)
        let wanted = event.detections.filter { plan.classes.isEmpty || plan.classes.contains($0.kind) }
        switch plan.shape {
        case .area: count(inArea: wanted)
        case .line: count(crossing: wanted)
        }
        return ended
    }

    /// Lets time pass.
    mutating func pass(to date: Date) -> Count? {
        let now = Int(exactly: (date.timeIntervalSince1970 / Double(plan.interval)).rounded(.down)) ?? 0
        defer { interval = max(interval ?? now, now) }
        guard let interval, now > interval else { return nil }
        let values = counts.map { $0 >= plan.least ? $0 : 0 }
        (tracks, inside, counts) = ([:], [], [0, 0])
        return Count(end: Date(timeIntervalSince1970: Double(interval + 1) * Double(plan.interval)), values: values)
    }

    /// Those who were there, each track once, and the most at once. Without tracks the most at once is all that can be known.
    private mutating func count(inArea detections: [CameraEvent.Detection]) {
        let there = detections.filter { plan.contains($0.foot) }
        for track in there.compactMap(\.track) where inside.count < Self.mostTracks { inside.insert(track) }
        counts[1] = max(counts[1], there.count)
        counts[0] = max(inside.count, counts[1])
    }

    private mutating func count(crossing detections: [CameraEvent.Detection]) {
        for detection in detections {
            guard let track = detection.track, tracks[track] != nil || tracks.count < Self.mostTracks else { continue }
            if let before = tracks[track] {
                let way = plan.crossing(from: before, to: detection.foot)
                if way != 0 { counts[way > 0 ? 0 : 1] += 1 }
            }
            tracks[track] = detection.foot
        }
    }
}
