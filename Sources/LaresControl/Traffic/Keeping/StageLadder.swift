/// Which stage a controller has reached, and the figures that decide: out of the shadow only who answers and wishes for those who wait, further only after
/// hours with no longer queues than the programme has at that time of day; less at once, by itself, when it fails or the queues grow.
public struct StageLadder: Sendable, Hashable, Codable {
    /// The figures that must hold.
    public struct Requirements: Sendable, Hashable, Codable {
        /// Hours at a stage before the next.
        public var hours = 24.0
        /// The share of questions that the controller must have answered.
        public var answered = 0.999
        /// Questions in each of those hours, in the mean: a controller that was hardly asked has shown nothing.
        public var askedAnHour = 60.0
        /// Out of the shadow: of those who waited at red, the share for whom it wished before the programme let them go, on the lane where that is least.
        public var wished = 0.5
        /// Out of the guarded stage: the longest queue, beside the programme's at that hour, with which it may go on to the next stage.
        public var queueToRise = 1.0
        /// The queue, beside the programme's, with which it steps back.
        public var queueToFall = 1.3
        /// Faults of the controller within an hour with which it steps back.
        public var faults = 3

        /// A day at each stage, 99.9% answered; half of those who wait wished for, on every lane; then no longer queues; back at 1.3 times the queue or
        /// three faults within an hour.
        public init() {}

        /// Those that were kept; what a release before this one didn't ask for is as usual.
        public init(from decoder: any Decoder) throws {
            let kept = try decoder.container(keyedBy: CodingKeys.self)
            hours = try kept.decode(Double.self, forKey: .hours)
            answered = try kept.decode(Double.self, forKey: .answered)
            askedAnHour = try kept.decodeIfPresent(Double.self, forKey: .askedAnHour) ?? askedAnHour
            wished = try kept.decodeIfPresent(Double.self, forKey: .wished) ?? wished
            queueToRise = try kept.decode(Double.self, forKey: .queueToRise)
            queueToFall = try kept.decode(Double.self, forKey: .queueToFall)
            faults = try kept.decode(Int.self, forKey: .faults)
        }
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
    /// Of this hour: queues of the controller's stage, and of the programme.
    private var now = HourMean(), programme = HourMean()
    private var hour = -1
    private var seconds = 0.0, asked = 0, answered = 0, faults = 0
    private var ratio = HourMean()
    /// By approach: waits at red that ended, and those for which it had wished.
    private var waits: [Waits] = []
    /// Seconds of the programme within an hour that say what is usual then; waits on an approach that say something of it.
    private static let (leastUsual, leastWaits) = (600, 24)
    private static let mostApproaches = 4_096

    /// From a stage on; a new controller begins in the shadow.
    public init(from stage: Stage = .shadow, _ requirements: Requirements = Requirements()) {
        (self.stage, self.requirements) = (stage, requirements)
        usual = .init(repeating: HourMean(), count: 24)
    }

    /// Mean standing vehicles of the programme in an hour of the day, 0…23; nil: none was seen.
    public func usualQueue(inHour hour: Int) -> Double? { usual.indices.contains(hour) ? usual[hour].mean : nil }

    /// The figures of the stage so far: hours, questions, the share of them answered, the share of waits wished for on the lane where that is least, and
    /// queues beside the programme's; nil: nothing is known.
    public var figures: (hours: Double, asked: Int, answered: Double?, wished: Double?, queue: Double?) {
        let wished = waits.filter { $0.count >= Self.leastWaits }.map { Double($0.wished) / Double($0.count) }.min()
        return (seconds / 3_600, asked, asked > 0 ? Double(answered) / Double(asked) : nil, wished, ratio.mean)
    }

    /// Begins at a stage that somebody decided on; what was learnt of the programme's queues stays.
    public mutating func set(_ stage: Stage) { begin(stage) }

    /// Somebody's wait at red ended with a green of the programme, while the controller was compared.
    package mutating func ended(waitOn approach: Int, isWished: Bool) {
        guard (0..<Self.mostApproaches).contains(approach) else { return }
        while waits.count <= approach { waits.append(Waits()) }
        waits[approach].count += 1
        waits[approach].wished += isWished ? 1 : 0
    }

    /// A second.
    ///
    /// - Parameters:
    ///   - queue: Vehicles that stand; NaN: nothing was seen, or the controller isn't heard. Such a second is no merit, and its queue no fault.
    ///   - usual: Vehicles that stand while the programme runs and no controller is judged by it: so it is known what is usual whatever stage was set by
    ///     hand. NaN: it doesn't.
    ///   - answer: Whether the controller answered; nil: it wasn't asked.
    /// - Returns: What changed; nil: nothing.
    public mutating func second(at time: Double, queue: Float, usual: Float = .nan, answer: Bool?) -> TrafficEvent.Kind? {
        if queue.isFinite { seconds += 1 }
        if let answer {
            asked += 1
            answered += answer ? 1 : 0
            faults += answer ? 0 : 1
        }
        if faults >= requirements.faults, let lower = stage.previous { return step(to: lower, .faults) }
        let current = time.isFinite ? Int((time / 3_600).truncatingRemainder(dividingBy: 24)) : 0
        defer {
            if queue.isFinite { now.add(Double(queue)) }
            let programmes = stage == .shadow && queue.isFinite ? queue : usual
            if programmes.isFinite { programme.add(Double(programmes)) }
        }
        guard current != hour else { return nil }
        return endHour(next: min(max(current, 0), 23))
    }

    private mutating func endHour(next: Int) -> TrafficEvent.Kind? {
        defer { (now, programme, hour, faults) = (HourMean(), HourMean(), next, 0) }
        guard hour >= 0 else { return nil }
        if let queue = programme.mean, programme.count >= Self.leastUsual { usual[hour].add(queue) }
        guard let queue = now.mean else { return nil }
        if stage != .shadow, let usual = usual[hour].mean {
            // Half a vehicle is no queue, whichever the ratio.
            let beside = (queue + 0.5) / (usual + 0.5)
            ratio.add(beside)
            if beside > requirements.queueToFall, let lower = stage.previous { return step(to: lower, .queues) }
        }
        guard let next = stage.next, mayRise else { return nil }
        begin(next)
        return .promoted(next)
    }

    private var mayRise: Bool {
        let figures = figures
        guard figures.hours >= requirements.hours, Double(asked) >= requirements.hours * requirements.askedAnHour,
            Double(answered) >= requirements.answered * Double(asked)
        else { return false }
        // In the shadow queues are the programme's: what shows what a controller is good for is for whom it wishes.
        return stage == .shadow ? (figures.wished ?? 0) >= requirements.wished : (figures.queue ?? .infinity) <= requirements.queueToRise
    }

    private mutating func step(to lower: Stage, _ reason: Reason) -> TrafficEvent.Kind {
        begin(lower)
        return .steppedBack(lower, reason)
    }

    private mutating func begin(_ stage: Stage) {
        self.stage = stage
        (seconds, asked, answered, faults, ratio, waits) = (0, 0, 0, 0, HourMean(), [])
    }

    private enum CodingKeys: String, CodingKey {
        case stage, requirements, usual, now, programme, hour, seconds, asked, answered, faults, ratio, waits
    }

    /// One that was kept.
    ///
    /// - Throws: `DecodingError` for what no ladder has written.
    public init(from decoder: any Decoder) throws {
        let kept = try decoder.container(keyedBy: CodingKeys.self)
        stage = try kept.decode(Stage.self, forKey: .stage)
        requirements = try kept.decode(Requirements.self, forKey: .requirements)
        usual = try kept.decode([HourMean].self, forKey: .usual)
        (now, ratio) = (try kept.decode(HourMean.self, forKey: .now), try kept.decode(HourMean.self, forKey: .ratio))
        // A release before this one kept neither.
        programme = try kept.decodeIfPresent(HourMean.self, forKey: .programme) ?? HourMean()
        waits = try kept.decodeIfPresent([Waits].self, forKey: .waits) ?? []
        (hour, seconds) = (try kept.decode(Int.self, forKey: .hour), try kept.decode(Double.self, forKey: .seconds))
        (asked, answered) = (try kept.decode(Int.self, forKey: .asked), try kept.decode(Int.self, forKey: .answered))
        faults = try kept.decode(Int.self, forKey: .faults)
        let most = 1 << 40
        guard usual.count == 24, (-1..<24).contains(hour), [asked, answered, faults].allSatisfy({ (0..<most).contains($0) }),
            (usual + [now, programme, ratio]).allSatisfy({ (0..<most).contains($0.count) }), waits.count <= Self.mostApproaches,
            waits.allSatisfy({ (0..<most).contains($0.count) && (0...$0.count).contains($0.wished) })
        else { throw DecodingError.dataCorruptedError(forKey: .usual, in: kept, debugDescription: "no ladder has written this") }
    }

    private struct Waits: Sendable, Hashable, Codable {
        var count = 0, wished = 0
    }

    private struct HourMean: Sendable, Hashable, Codable {
        var sum = 0.0, count = 0
        var mean: Double? { count > 0 ? sum / Double(count) : nil }
        mutating func add(_ value: Double) { (sum, count) = (sum + value, count + 1) }
    }
}
