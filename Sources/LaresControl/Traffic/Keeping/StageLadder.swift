/// Which stage a controller has reached, and the figures that decide: more trust only after hours without fault and no longer queues than the
/// programme has at that time of day; less at once, by itself, when it fails or the queues grow.
public struct StageLadder: Sendable, Hashable, Codable {
    /// The figures that must hold.
    public struct Requirements: Sendable, Hashable, Codable {
        /// Hours at a stage before the next.
        public var hours = 24.0
        /// The share of questions that the controller must have answered.
        public var answered = 0.999
        /// The longest queue, beside the programme's at that hour, with which it may go on to the next stage.
        public var queueToRise = 1.0
        /// The queue, beside the programme's, with which it steps back.
        public var queueToFall = 1.3
        /// Faults of the controller within an hour with which it steps back.
        public var faults = 3

        /// A day at each stage, 99.9% answered, no longer queues; back at 1.3 times the queue or three faults within an hour.
        public init() {}
    }

    /// Why it stepped back.
    public enum Reason: String, Sendable, Hashable {
        /// The controller failed too often.
        case faults = "the controller failed too often"
        /// Queues were longer than with the programme.
        case queues = "queues are longer than with the programme"
    }

    /// The stage that is reached.
    public private(set) var stage: Stage
    /// What must hold.
    public let requirements: Requirements
    private var usual: [HourMean]
    private var now = HourMean()
    private var hour = -1
    private var seconds = 0.0, asked = 0, answered = 0, faults = 0
    private var ratio = HourMean()
    /// Questions an hour: one in a minute.
    private static let leastAsked = 60.0

    /// From a stage on; a new controller begins in the shadow.
    public init(from stage: Stage = .shadow, _ requirements: Requirements = Requirements()) {
        (self.stage, self.requirements) = (stage, requirements)
        usual = .init(repeating: HourMean(), count: 24)
    }

    /// Mean standing vehicles of the programme in an hour of the day, 0…23; nil: none was seen.
    public func usualQueue(inHour hour: Int) -> Double? { usual.indices.contains(hour) ? usual[hour].mean : nil }

    /// The figures of the stage so far: hours, the share of questions answered, and queues beside the programme's; nil: nothing is known.
    public var figures: (hours: Double, answered: Double?, queue: Double?) {
        (seconds / 3_600, asked > 0 ? Double(answered) / Double(asked) : nil, ratio.mean)
    }

    /// Begins at a stage that somebody decided on; what was learnt of the programme's queues stays.
    public mutating func set(_ stage: Stage) { begin(stage) }

    /// A second.
    ///
    /// - Parameters:
    ///   - queue: Vehicles that stand; NaN: nothing was seen, or the controller isn't heard. Such a second is no merit, and its queue no fault.
    ///   - answer: Whether the controller answered; nil: it wasn't asked.
    /// - Returns: What changed; nil: nothing.
    public mutating func second(at time: Double, queue: Float, answer: Bool?) -> TrafficEvent.Kind? {
        if queue.isFinite { seconds += 1 }
        if let answer {
            asked += 1
            answered += answer ? 1 : 0
            faults += answer ? 0 : 1
        }
        if faults >= requirements.faults, let lower = stage.previous { return step(to: lower, .faults) }
        let current = time.isFinite ? Int((time / 3_600).truncatingRemainder(dividingBy: 24)) : 0
        defer { if queue.isFinite { now.add(Double(queue)) } }
        guard current != hour else { return nil }
        return endHour(next: min(max(current, 0), 23))
    }

    private mutating func endHour(next: Int) -> TrafficEvent.Kind? {
        defer { (now, hour, faults) = (HourMean(), next, 0) }
        guard hour >= 0, let queue = now.mean else { return nil }
        if stage == .shadow {
            usual[hour].add(queue)
        } else if let usual = usual[hour].mean {
            // Half a vehicle is no queue, whichever the ratio.
            let beside = (queue + 0.5) / (usual + 0.5)
            ratio.add(beside)
            if beside > requirements.queueToFall, let lower = stage.previous { return step(to: lower, .queues) }
        }
        // A controller that was hardly asked has shown nothing.
        guard let next = stage.next, seconds >= requirements.hours * 3_600, Double(asked) >= requirements.hours * Self.leastAsked else {
            return nil
        }
        guard Double(answered) >= requirements.answered * Double(asked) else { return nil }
        guard stage == .shadow || (ratio.mean ?? .infinity) <= requirements.queueToRise else { return nil }
        begin(next)
        return .promoted(next)
    }

    private mutating func step(to lower: Stage, _ reason: Reason) -> TrafficEvent.Kind {
        begin(lower)
        return .steppedBack(lower, reason)
    }

    private mutating func begin(_ stage: Stage) {
        self.stage = stage
        (seconds, asked, answered, faults, ratio) = (0, 0, 0, 0, HourMean())
    }

    private enum CodingKeys: String, CodingKey { case stage, requirements, usual, now, hour, seconds, asked, answered, faults, ratio }

    /// One that was kept.
    ///
    /// - Throws: `DecodingError` for what no ladder has written.
    public init(from decoder: any Decoder) throws {
        let kept = try decoder.container(keyedBy: CodingKeys.self)
        stage = try kept.decode(Stage.self, forKey: .stage)
        requirements = try kept.decode(Requirements.self, forKey: .requirements)
        usual = try kept.decode([HourMean].self, forKey: .usual)
        (now, ratio) = (try kept.decode(HourMean.self, forKey: .now), try kept.decode(HourMean.self, forKey: .ratio))
        (hour, seconds) = (try kept.decode(Int.self, forKey: .hour), try kept.decode(Double.self, forKey: .seconds))
        (asked, answered) = (try kept.decode(Int.self, forKey: .asked), try kept.decode(Int.self, forKey: .answered))
        faults = try kept.decode(Int.self, forKey: .faults)
        let most = 1 << 40
        guard usual.count == 24, (-1..<24).contains(hour), [asked, answered, faults].allSatisfy({ (0..<most).contains($0) }),
            (usual + [now, ratio]).allSatisfy({ (0..<most).contains($0.count) })
        else { throw DecodingError.dataCorruptedError(forKey: .usual, in: kept, debugDescription: "no ladder has written this") }
    }

    private struct HourMean: Sendable, Hashable, Codable {
        var sum = 0.0, count = 0
        var mean: Double? { count > 0 ? sum / Double(count) : nil }
        mutating func add(_ value: Double) { (sum, count) = (sum + value, count + 1) }
    }
}
