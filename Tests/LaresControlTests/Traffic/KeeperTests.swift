import Foundation
import LaresControl
import Testing

/// Wishes for the same phase, or for none.
private struct Stubborn: SignalController {
    var phase: Int?
    mutating func wish(_ view: SignalView) -> Int? { phase }
}

@Suite struct KeeperTests {
    private static func rules() throws -> ShellRules { try ShellRules(RoadNetworkTests.crossing()) }

    private static func clear(_ plan: SignalPlan) -> [ApproachReading] { plan.approaches.map { _ in ApproachReading(vehicles: []) } }

    private static func loops(_ plan: SignalPlan, _ change: (inout LoopReading) -> Void = { _ in }) -> [ApproachReading] {
        plan.approaches.map { _ in
            var line = LoopReading(distance: 1.5, count: 0, occupancy: 0, speed: nil)
            change(&line)
            return ApproachReading(loops: [line, LoopReading(distance: 100, count: 0, occupancy: 0, speed: nil)])
        }
    }

    @Test func nothingSeenMeansTheProgramme() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 2))
        for second in 0..<10 { _ = keeper.tick(nil, at: Double(second)) }
        #expect(keeper.fallBack == .blind)
        #expect(keeper.takeEvents().map(\.kind) == [.fellBack(.blind)])
        for second in 10..<80 { _ = keeper.tick(Self.clear(keeper.plan), at: Double(second)) }
        #expect(keeper.fallBack == nil && keeper.phase == 2)
        #expect(keeper.takeEvents().map(\.kind) == [.recovered])
    }

    @Test func whatIsNotSeenIsNoEmptyStreet() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 2), ladder: StageLadder())
        for second in 0...3_600 { _ = keeper.tick(nil, at: Double(second)) }
        #expect(keeper.ladder?.usualQueue(inHour: 0) == nil, "an hour without sight says nothing of queues")
        for second in 3_601...7_200 { _ = keeper.tick(Self.clear(keeper.plan), at: Double(second)) }
        #expect(keeper.ladder?.usualQueue(inHour: 1) == 0)
    }

    @Test func whatIsTakenBackIsNeverShown() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 2)), second = 0
        var wasGreen = false
        // Until a green ends because of the wish.
        while !(wasGreen && keeper.target != nil) {
            wasGreen = keeper.phase != nil
            _ = keeper.tick(Self.clear(keeper.plan), at: Double(second))
            second += 1
            try #require(second < 300)
        }
        let shown = keeper.withdraw()
        #expect(keeper.target == nil && keeper.phase != nil)
        #expect(keeper.phase.map { keeper.plan.phases[$0] } == shown, "green goes on as if nothing had been wished")
    }

    @Test func aBlindDayIsNoMerit() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 2), ladder: StageLadder())
        for second in 0..<25 * 3_600 {
            // Loops work for the last minutes of each hour only.
            let isSeen = second % 3_600 > 3_300
            _ = keeper.tick(isSeen ? Self.clear(keeper.plan) : nil, at: Double(second))
        }
        #expect(keeper.ladder?.stage == .shadow)
        #expect(try #require(keeper.ladder).figures.hours < 3)
    }

    /// Each change of the programme: to what, and how long it takes, in seconds.
    private static func changes(inside: (SignalPlan) -> [Int]?) throws -> [(target: Int, seconds: Int)] {
        var (keeper, changes): (_, [(target: Int, seconds: Int)]) = (SignalKeeper(try rules(), FixedTime()), [])
        var wasTo: Int?
        for second in 0..<900 {
            _ = keeper.tick(clear(keeper.plan), inside: inside(keeper.plan), at: Double(second))
            if let target = keeper.target {
                if wasTo == nil { changes.append((target, 0)) }
                changes[changes.count - 1].seconds += 1
            }
            wasTo = keeper.target
        }
        return Array(changes.dropLast())
    }

    @Test func whoStandsInsideIsWaitedForButNotForEver() throws {
        let free = try Self.changes { _ in nil }.map(\.seconds)
        let held = try Self.changes { .init(repeating: 1, count: $0.links.count) }.map(\.seconds)
        try #require(free.count > 8 && held.count > 8)
        #expect(try Self.changes { .init(repeating: 0, count: $0.links.count) }.map(\.seconds) == free)
        // Red for all, with which it begins, waits for nobody.
        #expect(held[0] == free[0] && held[1] == free[1] + 10 && held[2] == free[2] + 10)
        // Whoever still stands there after minutes has broken down, or isn't there.
        #expect(Set(held.suffix(4)).isSubset(of: Set(free)))
    }

    @Test func onlyWhoIsInTheWayIsWaitedFor() throws {
        let (plan, free) = (try Self.rules().plan, try Self.changes { _ in nil })
        var kinds: Set<Int> = []
        for link in plan.links.indices where plan.links[link].crossing == nil {
            let held = try Self.changes { plan in plan.links.indices.map { $0 == link ? 1 : 0 } }
            // The first is red for all, with which it begins, and later ones are after whoever stands there has been given up.
            for (one, other) in zip(free, held).dropFirst().prefix(3) {
                let isInTheWay = plan.links.indices.contains { plan.phases[one.target][$0].isGo && plan.conflicts.cross(link, $0) }
                #expect(other.target == one.target && other.seconds == one.seconds + (isInTheWay ? 10 : 0))
                kinds.insert(other.seconds - one.seconds)
            }
        }
        #expect(kinds == [0, 10])
    }

    @Test(arguments: [nil, 99]) func aControllerWithoutAnAnswerIsReplaced(phase: Int?) throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: phase))
        var served: Set<Int> = []
        for second in 0..<200 {
            _ = keeper.tick(Self.clear(keeper.plan), at: Double(second))
            if let phase = keeper.phase { served.insert(phase) }
        }
        #expect(keeper.fallBack == .model && served == [0, 1, 2, 3])
        #expect(keeper.events.contains { $0.kind == .fellBack(.model) })
    }

    @Test func aLyingLoopMeansTheProgramme() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 2))
        for second in 0..<30 { _ = keeper.tick(Self.loops(keeper.plan) { $0.count = 40 }, at: Double(second)) }
        #expect(keeper.fallBack == .detectors)
        #expect(keeper.events.contains { if case .loopFailed(_, 0, .lying) = $0.kind { true } else { false } })
    }

    @Test(arguments: [Stage.shadow, .guarded, .active]) func aStageLimitsWhatIsHeard(stage: Stage) throws {
        // Two hours of wishing for phase 0 only: the programme would leave it after 37 s.
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 0), ladder: StageLadder(from: stage))
        var longest = 0, now = 0
        for second in 0..<7_200 {
            _ = keeper.tick(Self.clear(keeper.plan), at: Double(second))
            now = keeper.phase == 0 ? now + 1 : 0
            longest = max(longest, now)
        }
        switch stage {
        case .shadow: #expect(longest <= 38)
        case .guarded: #expect(longest > 38 && longest <= 53)
        // The shell serves the others all the same.
        case .active: #expect(longest > 53 && longest <= 120)
        }
    }

    /// Whose version can't be had is no worse for it: its programme runs, and its trust waits for it.
    @Test func whoIsWithheldKeepsItsTrust() throws {
        var keeper = SignalKeeper(try Self.rules(), Stubborn(phase: 0), ladder: StageLadder(from: .active))
        keeper.withheld = .model
        var served: Set<Int> = []
        for second in 0...7_200 {
            _ = keeper.tick(Self.clear(keeper.plan), at: Double(second))
            if let phase = keeper.phase { served.insert(phase) }
        }
        #expect(keeper.fallBack == .model && served == [0, 1, 2, 3])
        #expect(keeper.takeEvents().map(\.kind) == [.fellBack(.model)])
        let ladder = try #require(keeper.ladder)
        #expect(ladder.stage == .active && ladder.figures.hours == 0 && ladder.figures.asked == 0)
        #expect(ladder.usualQueue(inHour: 1) == 0, "the programme ran: so long its queues are")
        keeper.withheld = nil
        for second in 7_201...7_300 { _ = keeper.tick(Self.clear(keeper.plan), at: Double(second)) }
        #expect(keeper.fallBack == nil && keeper.ladder?.stage == .active && keeper.takeEvents().map(\.kind) == [.recovered])
    }

    /// A day on a street where all wait for somebody: always the same wish says nothing of what a controller is good for.
    @Test(arguments: [(Stubborn(phase: 0), .shadow), (MaxPressure(), .guarded)] as [(any SignalController, Stage)])
    func whoDoesNotWishForThoseWhoWaitStaysInTheShadow(controller: any SignalController, stage: Stage) throws {
        let rules = try Self.rules()
        var street = Street([SignalKeeper(rules, controller, ladder: StageLadder())])
        var (port, states, wished) = (SimulatedPort([rules.plan], flow: 250), street.beginning, 0.0)
        for _ in 0..<24 * 3_600 + 60 {
            try street.second(of: &port, states: &states)
            if let ladder = street.keepers[0].ladder, ladder.stage == .shadow { wished = ladder.figures.wished ?? 0 }
        }
        #expect(street.keepers[0].ladder?.stage == stage)
        #expect(stage == .shadow ? wished == 0 : wished > 0.8)
    }

    /// Whatever comes from a shell: what its monitor objects to isn't shown, and is told of once while it goes on.
    @Test func whatAMonitorObjectsToIsRedForAllAndTold() throws {
        struct Lamps: SignalPort {
            let plans: [SignalPlan]
            var shown: [[Aspect]?] = []
            var time = 0.0
            mutating func exchange(_ states: [[Aspect]?]) -> StreetReading {
                (shown, time) = (states, time + 1)
                return StreetReading(time: time, signals: [])
            }
        }
        let rules = try Self.rules()
        var (street, port) = (Street([SignalKeeper(rules, FixedTime())]), Lamps(plans: [rules.plan]))
        for _ in 0..<3 {
            var unsafe: [[Aspect]?] = [.init(repeating: .green, count: rules.plan.links.count)]
            try street.second(of: &port, states: &unsafe)
            #expect(port.shown == [.init(repeating: .red, count: rules.plan.links.count)])
        }
        let told = street.takeEvents().compactMap { event -> String? in
            if case .violation(let words) = event.kind { "\(event.signal): \(words)" } else { nil }
        }
        #expect(told.count == 1 && told[0].hasPrefix("c: links") && told[0].contains("go at once and cross"))
        #expect(!street.violations.isEmpty)
    }

    @Test func theWayToTheSignalIsGone() throws {
        struct Gone: SignalPort {
            let plans: [SignalPlan]
            mutating func exchange(_ states: [[Aspect]?]) throws -> StreetReading { throw TrafficError(.unreachable, "no way") }
        }
        let rules = try Self.rules()
        var street = Street([SignalKeeper(rules, MaxWave())])
        var (port, states) = (Gone(plans: [rules.plan]), street.beginning)
        #expect(throws: TrafficError.self) { try street.second(of: &port, states: &states) }
        #expect(street.events.map(\.kind) == [.fellBack(.unreachable("no way"))])
    }

    @Test func greedyControlBeatsTheProgrammeOnASimulatedStreet() throws {
        let rules = try Self.rules()
        func waited(_ controller: any SignalController) throws -> Double {
            var street = Street([SignalKeeper(rules, controller)])
            var (port, states) = (SimulatedPort([rules.plan], flow: 250), street.beginning)
            for _ in 0..<3_600 { try street.second(of: &port, states: &states) }
            #expect(street.violations == [])
            return port.waited / Double(port.passed)
        }
        let (fixed, wave) = (try waited(FixedTime()), try waited(MaxWave()))
        #expect(wave < fixed)
    }
}

@Suite struct LoopHealthTests {
    private static func reading(_ count: Float, _ occupancy: Float, _ speed: Float? = nil) -> LoopReading {
        LoopReading(distance: 2, count: count, occupancy: occupancy, speed: speed)
    }

    private static func fault(of seconds: some Sequence<LoopReading?>) -> LoopHealth.Fault? {
        var health = LoopHealth()
        for reading in seconds { health.see(reading, isGreen: true, othersCount: true) }
        return health.fault
    }

    @Test func faultsAreToldApart() {
        #expect(Self.fault(of: (0..<400).map { _ in Self.reading(0, 1) }) == .stuck)
        #expect(Self.fault(of: (0..<20).map { _ in Self.reading(9, 0.5, 10) }) == .lying)
        #expect(Self.fault(of: (0..<20).map { _ in Self.reading(.nan, 0.5, 10) }) == .lying)
        #expect(Self.fault(of: (0..<200).map { _ in Self.reading(1, 0.3, 10) }) == .lying)
        #expect(Self.fault(of: (0..<10).map { _ in nil }) == .missing)
        let busy = (0..<600).map { Self.reading($0 % 30 == 0 ? 1 : 0, $0 % 30 == 0 ? 0.4 : 0, 12) }
        #expect(Self.fault(of: busy) == nil)
        #expect(Self.fault(of: busy + (0..<2_000).map { _ in Self.reading(0, 0) }) == .silent)
    }

    /// A lane that nobody uses isn't a broken one.
    @Test func aQuietLaneIsNoFault() {
        #expect(Self.fault(of: (0..<7_200).map { Self.reading($0 % 2_000 == 0 ? 1 : 0, $0 % 2_000 == 0 ? 0.4 : 0, 12) }) == nil)
    }

    @Test func aLoopIsTrustedAgain() {
        var health = LoopHealth()
        for _ in 0..<20 { health.see(Self.reading(9, 0.5, 10), isGreen: true, othersCount: true) }
        #expect(health.fault == .lying)
        for _ in 0..<400 { health.see(Self.reading(0, 0), isGreen: true, othersCount: true) }
        #expect(health.fault == nil)
    }
}

@Suite struct StageLadderTests {
    /// Hours of one queue length; what changed.
    private static func hours(_ ladder: inout StageLadder, from hour: Int, _ count: Int, queue: Float, answers: Bool = true)
        -> [TrafficEvent.Kind]
    {
        var changes: [TrafficEvent.Kind] = []
        for second in hour * 3_600..<(hour + count) * 3_600 {
            // Somebody's wait ends each minute, and it had wished for that.
            if second % 60 == 0 { ladder.ended(waitOn: 0, isWished: true) }
            if let change = ladder.second(at: Double(second), queue: queue, answer: second % 10 == 0 ? answers : nil) {
                changes.append(change)
            }
        }
        return changes
    }

    @Test func trustGrowsWithGoodFigures() {
        var ladder = StageLadder()
        #expect(Self.hours(&ladder, from: 0, 25, queue: 8) == [.promoted(.guarded)])
        #expect(Self.hours(&ladder, from: 25, 26, queue: 6) == [.promoted(.active)])
        #expect(ladder.stage == .active)
    }

    @Test func longerQueuesTakeItBack() {
        var ladder = StageLadder()
        _ = Self.hours(&ladder, from: 0, 25, queue: 8)
        #expect(Self.hours(&ladder, from: 25, 3, queue: 14) == [.steppedBack(.shadow, .queues)])
    }

    @Test func equalQueuesDontPromoteALongerOne() {
        var ladder = StageLadder()
        _ = Self.hours(&ladder, from: 0, 25, queue: 8)
        #expect(Self.hours(&ladder, from: 25, 40, queue: 9) == [])
        #expect(ladder.stage == .guarded)
    }

    @Test func faultsTakeItBack() {
        var ladder = StageLadder(from: .active)
        #expect(Self.hours(&ladder, from: 0, 1, queue: 8, answers: false).first == .steppedBack(.guarded, .faults))
    }

    @Test func whoIsHardlyAskedGoesNoFurther() {
        var ladder = StageLadder()
        for second in 0..<26 * 3_600 {
            if second % 60 == 0 { ladder.ended(waitOn: 0, isWished: true) }
            let change = ladder.second(at: Double(second), queue: 4, answer: second % 3_600 == 0 ? true : nil)
            #expect(change == nil)
        }
        #expect(ladder.stage == .shadow)
    }

    /// One lane whose waits it never wished to end is enough, however many it did on others.
    @Test func whoForgetsOneLaneGoesNoFurther() throws {
        var ladder = StageLadder()
        for hour in 0..<48 {
            for _ in 0..<2 { ladder.ended(waitOn: 3, isWished: false) }
            #expect(Self.hours(&ladder, from: hour, 1, queue: 8) == [])
        }
        #expect(ladder.stage == .shadow && ladder.figures.wished == 0)
    }

    @Test func whoNobodyWaitedForHasShownNothing() {
        var ladder = StageLadder()
        for second in 0..<26 * 3_600 { _ = ladder.second(at: Double(second), queue: 0, answer: true) }
        #expect(ladder.stage == .shadow && ladder.figures.wished == nil)
    }

    /// A stage that somebody set before the controller was ever in the shadow: what the programme's queues are is known all the same.
    @Test func aStageThatWasSetByHandIsTakenBackByQueues() {
        var ladder = StageLadder()
        for second in 0...3_600 { _ = ladder.second(at: Double(second), queue: .nan, usual: 8, answer: nil) }
        #expect(ladder.usualQueue(inHour: 0) == 8 && ladder.figures.hours == 0)
        ladder.set(.active)
        #expect(Self.hours(&ladder, from: 1, 24, queue: 14) == [], "nothing is known of the other hours")
        #expect(Self.hours(&ladder, from: 25, 1, queue: 8) == [.steppedBack(.guarded, .queues)])
    }

    /// What a release before this one wrote is read.
    @Test func whatWasKeptBeforeIsRead() throws {
        var ladder = StageLadder()
        _ = Self.hours(&ladder, from: 0, 26, queue: 8)
        var kept = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(ladder)) as? [String: Any])
        var requirements = try #require(kept["requirements"] as? [String: Any])
        for key in ["askedAnHour", "wished"] { requirements[key] = nil }
        (kept["requirements"], kept["programme"], kept["waits"]) = (requirements, nil, nil)
        let read = try JSONDecoder().decode(StageLadder.self, from: JSONSerialization.data(withJSONObject: kept))
        #expect(read.stage == .guarded && read.requirements == ladder.requirements && read.usualQueue(inHour: 3) == 8)
    }

    @Test func whatNoLadderHasWrittenIsRefused() throws {
        var ladder = StageLadder()
        _ = Self.hours(&ladder, from: 0, 25, queue: 8)
        let kept = try JSONEncoder().encode(ladder)
        #expect(try JSONDecoder().decode(StageLadder.self, from: kept) == ladder)
        let text = String(decoding: kept, as: UTF8.self)
        for (part, other) in [
            ("\"hour\":0", "\"hour\":24"), ("\"usual\":[", "\"usual\":[{\"sum\":0,\"count\":0},"), ("\"faults\":0", "\"faults\":-1"),
        ] {
            let damaged = text.replacing(part, with: other)
            #expect(damaged != text, "\(part)")
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(StageLadder.self, from: Data(damaged.utf8)) }
        }
    }
}
