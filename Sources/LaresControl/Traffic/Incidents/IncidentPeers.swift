/// What is compared with Lares' detector: each watches one lane's loops and says whether it thinks that something happened.
protocol LaneAlarm: Sendable {
    mutating func tick(_ loops: LaneSecond.Loops, light: LaneSecond.Light) -> Bool
}

/// The California algorithm in its first form (Payne and Tignor 1978): occupancy before an incident is above that behind it, by much, by a large part, and that
/// behind it has fallen. Means of a minute; a loop far from the stop line is the upper one, that at the line the lower one. It was made for motorways.
struct CaliforniaAlgorithm: LaneAlarm {
    private static let window = 60, difference = 0.08, relative = 0.5, fall = 0.16
    private var upper = [Double](repeating: 0, count: window), lower = [Double](repeating: 0, count: 3 * window)
    private var seconds = 0

    mutating func tick(_ loops: LaneSecond.Loops, light: LaneSecond.Light) -> Bool {
        upper[seconds % Self.window] = loops.filled
        lower[seconds % (3 * Self.window)] = loops.occupied
        seconds += 1
        guard seconds >= 3 * Self.window else { return false }
        let above = upper.reduce(0, +) / Double(Self.window)
        let (now, before) = (mean(endingBefore: 0), mean(endingBefore: 2 * Self.window))
        guard above > 0, before > 0 else { return false }
        return above - now >= Self.difference && (above - now) / above >= Self.relative && (before - now) / before >= Self.fall
    }

    private func mean(endingBefore ago: Int) -> Double {
        let length = lower.count
        return (1...Self.window).reduce(0) { $0 + lower[(seconds - ago - $1 + length) % length] } / Double(Self.window)
    }
}

/// A simple threshold: nobody passed the stop line in so many seconds of green, though somebody came.
struct SilentGreen: LaneAlarm {
    private static let green = 60
    private var seconds = 0
    private var came = 0.0

    mutating func tick(_ loops: LaneSecond.Loops, light: LaneSecond.Light) -> Bool {
        came += loops.came
        if loops.passed > 0 { (seconds, came) = (0, 0) }
        if light > .stops { seconds += 1 }
        return seconds >= Self.green && came >= 2
    }
}

/// A lane's alarm for each lane of a signal, told as incidents of roads as ``IncidentDetector`` tells them.
struct PeerDetector: Sendable {
    private var lanes: [(road: String, alarm: any LaneAlarm)]
    /// Seconds without an alarm, by road; absent: none.
    private var calm: [String: Int] = [:]
    private var seconds = 0
    private let settings = IncidentSettings()

    init(_ plan: SignalPlan, _ make: () -> any LaneAlarm) {
        lanes = plan.approaches.map { (IncidentDetector.road(of: $0.lane), make()) }
    }

    /// - Returns: The roads on which something began.
    mutating func tick(_ second: [LaneSecond]) -> [String] {
        guard second.count == lanes.count else { return [] }
        seconds += 1
        var alarmed: Set<String> = []
        for place in lanes.indices {
            guard let loops = second[place].loops else { continue }
            if lanes[place].alarm.tick(loops, light: second[place].light) { alarmed.insert(lanes[place].road) }
        }
        guard seconds > settings.learning else { return [] }
        let began = alarmed.filter { calm[$0] == nil }
        for (road, seconds) in calm { calm[road] = seconds + 1 < settings.calm ? seconds + 1 : nil }
        for road in alarmed { calm[road] = 0 }
        return began.sorted()
    }
}
