import Foundation
import LaresControl
import Testing

@Suite struct ShellTests {
    private static let rules = try? ShellRules(RoadNetworkTests.crossing())

    @Test func noReachableStateIsUnsafe() throws {
        let rules = try #require(Self.rules)
        let proof = ShellProof(rules)
        print("crossing: \(proof.states) states, \(proof.steps) steps, longest wait \(proof.longestWait) s")
        #expect(proof.failure == nil && proof.isComplete)
        #expect(proof.states > 1_000)
        #expect(proof.longestWait <= rules.times.maximumWait)
    }

    /// The shape that benchmarks decide for: four arms, each with a phase of its own, so that four movements wait at once.
    @Test func noStateOfFourArmsIsUnsafe() throws {
        var times = ShellTimes()
        // Whoever may wait longer has more states than a test has time for.
        (times.maximumWait, times.clearing) = (60, 1)
        let rules = try ShellRules(Crossroads.plan(), times), proof = ShellProof(rules)
        print("four arms: \(proof.states) states, \(proof.steps) steps, longest wait \(proof.longestWait) s")
        #expect(rules.services.count == 4)
        #expect(proof.failure == nil && proof.isComplete && proof.longestWait <= rules.times.maximumWait)
        #expect(proof.states > 1_000)
    }

    @Test func aProofThatIsStoppedIsNone() throws {
        let rules = try #require(Self.rules)
        var asked = 0
        let proof = ShellProof(
            rules,
            while: {
                asked += 1
                return asked < 3
            })
        #expect(asked == 3 && !proof.isComplete && proof.failure == nil && proof.states > 1_000)
        #expect(!ShellProof(rules, limit: 100).isComplete)
    }

    /// Names and lanes are nothing that a proof depends on; times are.
    @Test func signalsOfOneShapeHaveOneProof() throws {
        let other = CrossingNetwork.text.replacing("tl=\"c\"", with: "tl=\"d\"").replacing("tlLogic id=\"c\"", with: "tlLogic id=\"d\"")
        let (one, two) = (try #require(Self.rules), try ShellRules(SignalPlan(of: "d", in: RoadNetwork(parsing: Array(other.utf8)))))
        #expect(one != two && one.shape == two.shape)
        var times = ShellTimes()
        times.clearing = 9
        #expect(try ShellRules(RoadNetworkTests.crossing(), times).shape != one.shape)
    }

    /// Networks of `LARES_CITY_DATA`/resco; without them there is nothing to look at.
    @Test(arguments: networks) func noReachableStateIsUnsafe(network: String) throws {
        let network = try RoadNetwork(contentsOf: network)
        for signal in network.signals {
            let rules = try ShellRules(SignalPlan(of: signal, in: network))
            let proof = ShellProof(rules)
            print("\(signal): \(proof.states) states, \(proof.steps) steps, longest wait \(proof.longestWait) s")
            #expect(proof.failure == nil && proof.isComplete && proof.longestWait <= rules.times.maximumWait)
        }
    }

    private static var networks: [String] {
        let folder = (ProcessInfo.processInfo.environment["LARES_CITY_DATA"] ?? "/nowhere") + "/resco"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { "\(folder)/\($0)/\($0).net.xml" }.filter { FileManager.default.fileExists(atPath: $0) }.sorted()
    }

    /// Mistakes that a shell could make.
    enum Mistake: CaseIterable { case endsGreenEarly, shortensChange, forgetsWhoWaits, jumps }

    /// The monitor isn't blind: it finds every one of them.
    @Test(arguments: Mistake.allCases) func mistakesAreFound(mistake: Mistake) throws {
        // With a shorter wait for those inside there are fewer states to go through before they show.
        var times = ShellTimes()
        times.clearing = 1
        let rules = try ShellRules(RoadNetworkTests.crossing(), times)
        let proof = ShellProof(rules) { state, wish, isClear in
            var (state, wish) = (state, wish)
            switch mistake {
            case .endsGreenEarly where state.target == nil: state.set(age: 99)
            case .shortensChange where state.target != nil: state.set(passed: state.passed + 1)
            case .forgetsWhoWaits: state.set(waits: state.waits.map { _ in 0 })
            case .jumps where state.target != nil: state.set(passed: 99)
            default: break
            }
            if mistake == .forgetsWhoWaits, state.target == nil { wish = wish ?? 0 }
            return rules.next(after: state, wish: wish, isClear: isClear)
        }
        let failure = try #require(proof.failure)
        #expect(!failure.wishes.isEmpty)
    }

    /// A second each: `>` begins to go, `<` ends.
    @Test func aWishIsHeardAfterTheShortestGreen() throws {
        let rules = try #require(Self.rules)
        var shell = SafetyShell(rules)
        let seconds = (0..<24).map { _ in shell.tick(wish: 2) }
        let link = { (link: Int) in String(seconds.map { $0[link].letter }) }
        #expect(link(4) == "rrrGGGGGGyyyrrrrrrrrrrrr")
        #expect(link(1) == "rrrrrrrrrrrrrrrGGGGGGGGG")
        #expect(link(14) == "rrrGGGGGGrrrrrrrrrrrrrrr")
    }

    /// The street is clear from some second on: the next green comes then, or when it has waited long enough. The yellow isn't longer for it.
    @Test(arguments: [(0, 15), (15, 15), (17, 17), (24, 24), (99, 25)])
    func theNextGreenWaitsForThoseInside(clear: Int, green: Int) throws {
        let rules = try #require(Self.rules)
        var shell = SafetyShell(rules)
        let seconds = (0..<40).map { shell.tick(wish: 2, isClear: $0 >= clear) }
        let link = { (link: Int) in String(seconds.map { $0[link].letter }) }
        #expect(link(4) == "rrrGGGGGGyyy" + String(repeating: "r", count: 28))
        #expect(link(1) == String(repeating: "r", count: green) + String(repeating: "G", count: 40 - green))
    }

    /// A street that is never clear costs each change its ten seconds, and no more.
    @Test func everybodyIsServedHoweverFullTheJunctionIs() throws {
        let rules = try #require(Self.rules)
        var (shell, monitor) = (SafetyShell(rules), ConflictMonitor(rules))
        for second in 0..<3_600 {
            let shown = shell.tick(wish: second % 40 < 20 ? 0 : 3, isClear: false)
            #expect(monitor.see(shown).isEmpty)
        }
    }

    @Test(arguments: [-1, 4, Int.max, Int.min]) func wishesForNothingChangeNothing(wish: Int) throws {
        var shell = SafetyShell(try #require(Self.rules))
        for _ in 0..<60 { _ = shell.tick(wish: wish) }
        #expect(shell.state.phase == 0)
    }

    @Test func timesOutOfRangeAreRefused() throws {
        var times = ShellTimes()
        times.yellow = 0
        #expect(throws: TrafficError.self) { try ShellRules(RoadNetworkTests.crossing(), times) }
    }
}
