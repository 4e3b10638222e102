public import LaresJSON

/// What a plan learnt from readings: for each series a detector as it was after the last of them, and the score from which it calls a reading odd.
///
///     let model = try DetectorModel(fitting: plan, to: readings)
///     try model.write(to: path)
public struct DetectorModel: Sendable {
    /// A value of a series at a time, in milliseconds since 1970.
    public struct Sample: Sendable, Hashable {
        /// When.
        public let time: Int64
        /// What.
        public let value: Double

        /// A value at a time.
        public init(_ time: Int64, _ value: Double) { (self.time, self.value) = (time, value) }
    }

    /// A series that is watched.
    public struct Member: Sendable {
        /// The series.
        public let name: String
        /// From which score on a reading is odd, 0.05 to 1.
        public let threshold: Double
        /// The detector as it was after the history.
        public let detector: any ServedDetector
        /// Readings of the history behind those that were learnt from.
        public let watched: Int
        /// How many of these would have been alarms.
        public let alarms: Int
        /// How long they took, in days.
        public let days: Double
    }

    /// What was asked for.
    public let plan: DetectorPlan
    /// The series that can be watched, in the plan's order.
    public let members: [Member]
    /// Series that couldn't be learnt, with the reason.
    public let refusals: [ForecastModel.Refusal]
    /// The recipe it was trained by; null where there was none.
    public var recipe: JSON = .null

    init(plan: DetectorPlan, members: [Member], refusals: [ForecastModel.Refusal]) {
        (self.plan, self.members, self.refusals) = (plan, members, refusals)
    }

    /// Has a detector look at each series' readings, and finds the threshold that its history keeps to.
    ///
    /// - Parameters:
    ///   - plan: What is wanted.
    ///   - readings: By series, each in the order of time.
    ///   - before: Told which series is learnt next; one that throws ends it.
    /// - Throws: `ForecastError.tooShort` when no series has more readings than are learnt from; what `before` throws.
    public init(fitting plan: DetectorPlan, to readings: [String: [Sample]], before: (Int) throws -> Void = { _ in }) throws {
        var members: [Member] = [], refusals: [ForecastModel.Refusal] = []
        let settings = try DetectorSettings(learning: plan.learning)
        for (place, name) in plan.series.enumerated() {
            try before(place)
            let samples = readings[name] ?? []
            if samples.count > plan.learning {
                members.append(Member(name, samples, plan, settings))
            } else {
                let reason = "it has \(samples.count) readings, more than \(plan.learning) are needed"
                refusals.append(ForecastModel.Refusal(series: name, reason: reason))
            }
        }
        if members.isEmpty, let first = refusals.first {
            throw ForecastError(.tooShort, "no series can be watched: '\(first.series)': \(first.reason)")
        }
        self.init(plan: plan, members: members, refusals: refusals)
    }

    /// How it did on its own history, by the names of measures.
    public var scores: [(name: String, value: Double)] {
        let days = members.reduce(0) { $0 + $1.days }, alarms = members.reduce(0) { $0 + $1.alarms }
        return [
            ("alarms_a_day", days > 0 ? Double(alarms) / days : 0), ("threshold", members.map(\.threshold).max() ?? 0.5),
            ("readings", Double(members.reduce(0) { $0 + $1.watched })),
        ]
    }
}

extension DetectorModel.Member {
    /// The score that a detector is made for; thresholds are no lower.
    static let least = 0.5

    init(_ name: String, _ samples: [DetectorModel.Sample], _ plan: DetectorPlan, _ settings: DetectorSettings) {
        var detector: any ServedDetector = plan.kind.detector.init(settings)
        var scores: [Double] = [], first: Int64?, last: Int64 = 0
        for sample in samples {
            let score = detector.observe(sample.value, at: sample.time)
            guard detector.count > plan.learning else { continue }
            (first, last) = (first ?? sample.time, sample.time)
            scores.append(score)
        }
        let days = Double(last - (first ?? last)) / 86_400_000
        let told = scores.filter { $0 >= Self.least }.sorted(by: >), allowed = Int((plan.mostAlarms * days).rounded(.down))
        // Just above the first that would be one too many.
        let threshold = told.count > allowed ? min(1, told[allowed].nextUp) : Self.least
        self.init(
            name: name, threshold: threshold, detector: detector, watched: scores.count, alarms: told.count { $0 >= threshold }, days: days)
    }
}
