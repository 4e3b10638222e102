import LaresForecast
import Testing

@Suite struct DetectorTests {
    static let all: [any Detector.Type] = [
        EnsembleDetector.self, Extremes.self, Sustained.self, Roughness.self, SeasonalResidual.self, ShapeNovelty.self,
        ErrorLikelihood.self,
        ChangePoint.self, RelativeEntropy.self, SpectralResidual.self,
    ]

    /// What each is for: the series with something odd from value 2,000 on.
    static let odd: [(any Detector.Type, String, @Sendable (Int, Double) -> Double)] = [
        (Extremes.self, "a spike", { $0 == 2_000 ? 140 : $1 }),
        (Sustained.self, "a new level", { $0 >= 2_000 ? $1 + 60 : $1 }),
        (Roughness.self, "noise", { $0 >= 2_000 ? $1 + ($0.isMultiple(of: 2) ? 15 : -15) : $1 }),
        (SeasonalResidual.self, "high at night", { $0 >= 2_000 && $0 < 2_040 ? 68 : $1 }),
        (ShapeNovelty.self, "steps", { $0 >= 2_000 ? ($0 / 5 % 2 == 0 ? 30 : 70) : $1 }),
        (ErrorLikelihood.self, "jumps", { $0 >= 2_000 ? ($0 / 3 % 2 == 0 ? 30 : 70) : $1 }),
        (ChangePoint.self, "a new level", { $1 - 20 * Stream.wave($0) + ($0 >= 2_000 ? 5 : 0) }),
        (RelativeEntropy.self, "one end of the range", { $0 >= 2_000 ? 31 : $1 }),
        (SpectralResidual.self, "a spike", { $0 == 2_000 ? 140 : $1 }),
        (EnsembleDetector.self, "a spike", { $0 == 2_000 ? 140 : $1 }),
    ]

    @Test(arguments: odd.indices) func eachFindsWhatItIsFor(_ place: Int) throws {
        let (type, what, change) = Self.odd[place]
        var stream = Stream(2_100)
        stream.values = stream.values.enumerated().map { change($0.offset, $0.element) }
        let scores = try stream.scores(type)
        let before = scores[1_200..<2_000].max() ?? 1, after = scores[2_000...].max() ?? 0
        #expect(after >= 0.45 && after > 1.3 * before, "\(type.name) of \(what): \(before) before, \(after) after")
        #expect(scores.allSatisfy { (0...1).contains($0) })
    }

    @Test(arguments: all.indices) func itSaysNothingWhileItLearns(_ place: Int) throws {
        var stream = Stream(700)
        stream.values[300] = 1e6
        #expect(try stream.scores(Self.all[place])[..<600].allSatisfy { $0 == 0 })
    }

    @Test(arguments: all.indices) func aConstantSeriesIsNeverOdd(_ place: Int) throws {
        var stream = Stream(3_000)
        stream.values = stream.values.map { _ in 7 }
        #expect(try stream.scores(Self.all[place]).allSatisfy { $0 == 0 })
    }

    @Test func whatWasConstantForLongIsOddWhenItMoves() throws {
        var stream = Stream(1_000)
        stream.values = stream.values.indices.map { $0 == 900 ? 7.5 : 7 }
        #expect(try stream.scores(EnsembleDetector.self)[900] >= 0.5)
    }

    @Test(arguments: all.indices) func missingValuesAndTimesThatGoBackChangeNothing(_ place: Int) throws {
        let stream = Stream(1_500)
        func run<Watching: Detector>(_ type: Watching.Type) throws {
            var (plain, disturbed) = (Watching(.standard), Watching(.standard))
            for (step, (value, time)) in zip(stream.values, stream.times).enumerated() {
                let score = plain.observe(value, at: time)
                #expect(disturbed.observe(value, at: time) == score)
                for odd in [Double.nan, .infinity, -.infinity, 1e300] where step % 7 == 3 { #expect(disturbed.observe(odd, at: time) == 0) }
                if step > 0, step % 11 == 5 { #expect(disturbed.observe(1e6, at: time - 1) == 0) }
            }
            #expect(plain.state == disturbed.state)
        }
        try run(Self.all[place])
    }

    @Test(arguments: all.indices) func itGoesOnFromItsStateAsIfNothingHadBeen(_ place: Int) throws {
        let stream = Stream(2_500, seed: 5, noise: 4)
        func run<Watching: Detector>(_ type: Watching.Type) throws {
            var first = Watching(.standard)
            for (value, time) in zip(stream.values, stream.times).prefix(1_300) { _ = first.observe(value, at: time) }
            var second = try Watching(state: first.state)
            #expect(second.state == first.state)
            for (value, time) in zip(stream.values, stream.times).dropFirst(1_300) {
                #expect(second.observe(value, at: time) == first.observe(value, at: time))
            }
        }
        try run(Self.all[place])
    }

    @Test(arguments: [(20, 3_000), (600, 20_000), (100_000, 1_000)]) func itsStateStaysSmall(_ learning: Int, _ count: Int) throws {
        var dice = Dice(9)
        func run<Watching: Detector>(_ type: Watching.Type) throws {
            var detector = Watching(try DetectorSettings(learning: learning))
            for step in 0..<count { _ = detector.observe(dice.normal() * Double(1 + step % 97), at: Int64(step) * 1_000) }
            #expect(detector.state.count <= (Watching.name == "ensemble" || Watching.name == "shape" ? 8_000 : 1_400), "\(Watching.name)")
        }
        for type in Self.all { try run(type) }
    }

    @Test(arguments: all.indices) func damagedStatesThrowAndNothingElse(_ place: Int) throws {
        let stream = Stream(900)
        func run<Watching: Detector>(_ type: Watching.Type) throws {
            var detector = Watching(.standard)
            for (value, time) in zip(stream.values, stream.times) { _ = detector.observe(value, at: time) }
            let state = detector.state
            #expect(throws: ForecastError.self) { try Watching(state: []) }
            #expect(throws: ForecastError.self) { try Watching(state: state + [0]) }
            #expect(throws: ForecastError.self) { try Watching(state: Array(repeating: 0, count: 1 << 20)) }
            var dice = Dice(UInt64(place) + 11)
            for _ in 0..<200 {
                var bytes = state
                bytes[Int.random(in: 0..<bytes.count, using: &dice)] ^= UInt8.random(in: 1...255, using: &dice)
                #expect(throws: ForecastError.self) { try Watching(state: bytes) }
                #expect(throws: ForecastError.self) {
                    try Watching(state: Array(state.prefix(Int.random(in: 0..<state.count, using: &dice))))
                }
            }
        }
        try run(Self.all[place])
    }

    /// Whoever can make a right sum must not bring it down either.
    @Test(arguments: all.indices) func statesWithWrongNumbersAreReadOrThrowButNeverTrap(_ place: Int) throws {
        let stream = Stream(900)
        func run<Watching: Detector>(_ type: Watching.Type) throws {
            var detector = Watching(.standard)
            for (value, time) in zip(stream.values, stream.times) { _ = detector.observe(value, at: time) }
            let state = detector.state
            var dice = Dice(UInt64(place) + 21)
            for _ in 0..<300 {
                var bytes = Array(state.dropLast(4))
                let begin = Watching.name.utf8.count + 2
                for _ in 0..<4 { bytes[Int.random(in: begin..<bytes.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice) }
                let sum = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
                guard var changed = try? Watching(state: bytes) else { continue }
                for (value, time) in zip(stream.values, stream.times) { _ = changed.observe(value, at: time + 900 * 300_000) }
            }
        }
        try run(Self.all[place])
    }

    @Test func aSilenceEndsWhatWindowsLookBackOn() throws {
        func rough(gap: Int64) -> Double {
            var detector = Roughness(.standard)
            var score = 0.0
            for step in 0..<1_000 { score = max(score, detector.observe(Double(step % 3), at: Int64(step) * 1_000)) }
            for step in 0..<5 { score = max(score, detector.observe(100 + Double(step % 3), at: 1_000_000 + gap + Int64(step) * 1_000)) }
            return score
        }
        #expect(rough(gap: 0) > 0.5)
        #expect(rough(gap: 3_600_000) == 0)
    }

    @Test func oneTimeFarAheadDoesNotDeafenIt() {
        var detector = EnsembleDetector()
        for step in 0..<1_000 { _ = detector.observe(Double(step % 7), at: Int64(step) * 1_000) }
        _ = detector.observe(3, at: 4_000_000_000_000)
        for step in 1_000..<1_100 { _ = detector.observe(Double(step % 7), at: Int64(step) * 1_000) }
        #expect(detector.count == 1_081)
        #expect(detector.observe(100, at: 1_100_000) >= 0.5)
    }

    @Test func settingsOutOfRangeThrow() {
        #expect(throws: ForecastError.self) { try DetectorSettings(learning: 19) }
        #expect(throws: ForecastError.self) { try DetectorSettings(learning: 100_001) }
        #expect(throws: ForecastError.self) { try DetectorSettings(period: 999) }
    }

    @Test func whoWasWokenIsWokenAgainOnlyForMore() throws {
        var stream = Stream(2_000)
        for (step, value) in [(1_500, 140.0), (1_510, 141), (1_520, 320), (1_800, 700)] { stream.values[step] = value }
        let scores = try stream.scores(EnsembleDetector.self)
        let told = scores.indices.filter { scores[$0] >= 0.5 }
        #expect(told == [1_500, 1_800] || told == [1_500, 1_520, 1_800])
    }
}
