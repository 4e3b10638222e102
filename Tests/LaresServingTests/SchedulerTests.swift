import LaresServing
import LaresTensor
import LaresTesting
import Testing

@Suite struct SchedulerTests {
    @Test func sequencesJoinAndLeaveARunningBatch() {
        var line = Timeline(pages: 100)
        line.submit("a:4+4")
        #expect(line.play(2) == "+a a4 | a1")
        line.submit("b:3+2")
        #expect(line.play() == "+b a1 b3 | a1 a. b1 b.")
    }

    @Test func answersGoOnWhilePromptsAreReadInPieces() {
        var line = Timeline(pages: 100, prompt: 32, mixed: 8)
        line.submit("a:4+9")
        _ = line.play(1)
        line.submit("b:20+1")
        #expect(line.play(4) == "+b a1 b8 | a1 b8 | a1 b4 b. | a1")
    }

    @Test func aLongPromptAloneTakesWholeSteps() {
        var line = Timeline(pages: 100, prompt: 32)
        line.submit("a:70+1")
        #expect(line.play() == "+a a32 | a32 | a6 a.")
    }

    @Test func promptsShareAStep() {
        var line = Timeline(pages: 100, prompt: 32)
        line.submit("a:20+1")
        line.submit("b:20+1")
        #expect(line.play() == "+a +b a20 a. b12 | b8 b.")
    }

    @Test func urgentWorkComesFirst() {
        var line = Timeline(pages: 100, batch: 1)
        line.submit("b:2+1", .batch)
        line.submit("c:2+1", .chat)
        line.submit("a:2+1", .act)
        #expect(line.play() == "+a a2 a. | +c c2 c. | +b b2 b.")
    }

    @Test func urgentWorkTakesThePlaceOfWorkNobodyWaitsFor() {
        var line = Timeline(pages: 100, batch: 1)
        line.submit("b:2+3", .batch)
        #expect(line.play(2) == "+b b2 | b1")
        line.submit("a:2+1", .act)
        // What b had written is computed once more.
        #expect(line.play() == "-b +a a2 a. | +b b4 b.")
    }

    @Test func besideACommandLittleOfOtherPromptsIsRead() {
        var line = Timeline(pages: 100, prompt: 32)
        line.submit("b:70+1")
        #expect(line.play(1) == "+b b32")
        line.submit("a:4+2", .act)
        #expect(line.play() == "+a a4 | a1 a. b16 | b22 b.")
    }

    @Test func commandsInARowLetOthersReadInEverySecondStep() {
        var line = Timeline(pages: 100, prompt: 32)
        line.submit("b:70+1")
        _ = line.play(1)
        line.submit("a:40+1", .act)
        #expect(line.play() == "+a a32 | a8 a. b16 | b22 b.")
    }

    @Test func equalWorkIsNeverPushedOut() {
        var line = Timeline(pages: 100, batch: 1)
        line.submit("a:2+3")
        _ = line.play(1)
        line.submit("b:2+1")
        #expect(line.play() == "a1 | a1 a. | +b b2 b.")
    }

    @Test func callersTakeTurnsHoweverManyRequestsTheyHave() {
        var line = Timeline(pages: 100, batch: 1)
        for number in 1...3 { line.submit("a\(number):4+1") }
        line.submit("b1:4+1")
        line.submit("c1:4+1")
        let order = line.play().split(separator: " ").filter { $0.hasPrefix("+") }
        #expect(order == ["+a1", "+b1", "+c1", "+a2", "+a3"])
    }

    @Test func whoStayedAwaySavesNothingUp() {
        var line = Timeline(pages: 1_000, batch: 1)
        for number in 1...4 { line.submit("a\(number):50+1") }
        _ = line.play(2)
        line.submit("b1:50+1")
        line.submit("b2:50+1")
        let order = line.play().split(separator: " ").filter { $0.hasPrefix("+") }
        #expect(order == ["+a3", "+b1", "+a4", "+b2"] || order == ["+b1", "+a3", "+b2", "+a4"])
    }

    @Test func whoLeavesForAMomentIsNotForgivenWhatTheyHad() {
        var line = Timeline(pages: 100, batch: 1)
        line.submit("a1:100+1")
        for number in 1...4 { line.submit("c\(number):4+1") }
        _ = line.play(1)
        line.submit("a2:100+1")
        let order = line.play().split(separator: " ").filter { $0.hasPrefix("+") }
        #expect(order == ["+c1", "+c2", "+c3", "+c4", "+a2"])
    }

    @Test func whoGaveWayDoesNotPayForThePromptAgain() {
        var line = Timeline(pages: 100, batch: 1)
        for job in ["a1:40+4", "b1:60+1", "b2:60+1", "a2:40+1"] { line.submit(job, .batch) }
        var played = line.play(2)
        line.submit("x:2+1", .act)
        played += " " + line.play()
        #expect(played.split(separator: " ").filter { $0.hasPrefix("+") } == ["+a1", "+x", "+b1", "+a1", "+a2", "+b2"])
    }

    @Test func oneCallerCannotTakeTheWholeLine() {
        var line = Timeline(pages: 100, queue: 8)
        for _ in 1...6 { #expect(line.submit("a:4+1") == .queued) }
        guard case .full = line.submit("a:4+1") else { return #expect(Bool(false), "a seventh of eight places") }
        #expect(line.submit("b:4+1") == .queued)
    }

    @Test func aPromptThatIsBeingReadIsNotReadASecondTime() {
        var line = Timeline(pages: 100, prompt: 32, mixed: 32)
        line.submit("a:100+2", shares: [1, 2, 3, 4, 5, 6])
        line.submit("b:100+1", shares: [1, 2, 3, 4, 5, 6])
        line.submit("c:8+1", shares: [])
        #expect(line.play(4) == "+a +c a32 | a32 | a32 | +b a4 c8 c. b20")
    }

    @Test func onlyTheCommonBeginningIsWaitedFor() {
        var line = Timeline(pages: 100, prompt: 64)
        line.submit("a:200+2", shares: [1, 2, 3, 4, 5, 6, 7, 8])
        line.submit("b:100+1", shares: [1, 2, 3, 4, -5, -6])
        line.submit("c:100+1", shares: [1, 2, 3, -4])
        #expect(line.play(2) == "+a +c a64 | +b a64")
    }

    @Test func aCommandDoesNotWaitForWhatALesserRequestReads() {
        var line = Timeline(pages: 100, prompt: 64)
        line.submit("a:100+2", .batch, shares: [1, 2, 3, 4, 5, 6])
        _ = line.play(1)
        line.submit("b:100+1", .act, shares: [1, 2, 3, 4, 5, 6])
        #expect(line.play(1) == "+b b64")
    }

    @Test func whoReadsForATwinAndGoesLetsTheTwinRead() {
        var line = Timeline(pages: 100, prompt: 64)
        line.submit("a:100+2", shares: [1, 2, 3, 4, 5, 6])
        line.submit("b:80+1", shares: [1, 2, 3, 4])
        _ = line.play(1)
        #expect(line.cancel("a") == .running)
        #expect(line.play() == "+b b64 | b16 b.")
    }

    @Test func promptsAreReadInSmallPiecesBesideAnotherModelThatWrites() {
        var line = Timeline(pages: 100, prompt: 32, mixed: 8)
        line.besideWriters = true
        line.submit("a:20+1")
        #expect(line.play() == "+a a8 | a8 | a4 a.")
    }

    @Test func admissionWaitsForPages() {
        var line = Timeline(pages: 4)
        line.submit("a:32+2")
        line.submit("b:32+1")
        #expect(line.play() == "+a a32 | a1 a. | +b b32 b.")
        #expect(line.mostPages <= 4)
    }

    @Test func aGrowingAnswerPushesOutTheYoungest() {
        var line = Timeline(pages: 4, pageTokens: 4)
        line.submit("a:4+6")
        line.submit("b:2+6")
        let played = line.play()
        #expect(played.contains("-b"))
        #expect(!played.contains("-a"))
        #expect(played.hasSuffix("b."))
    }

    @Test func cancellingFreesThePlaceAtOnce() {
        var line = Timeline(pages: 4)
        line.submit("a:50+100")
        line.submit("b:50+1")
        line.submit("c:50+1")
        _ = line.play(3)
        #expect(line.cancel("b") == .waiting)
        #expect(line.cancel("a") == .running)
        #expect(line.cancel("a") == .nowhere)
        #expect(line.play() == "+c c50 c.")
    }

    @Test func aFullLineSaysWhenToComeBack() {
        var line = Timeline(pages: 100, batch: 1, queue: 2)
        #expect(line.submit("a:4+1") == .queued)
        #expect(line.submit("b:4+1") == .queued)
        guard case .full(let time) = line.submit("c:4+1") else { return #expect(Bool(false)) }
        #expect(time >= .seconds(1) && time <= .seconds(60))
    }

    @Test func drainingFinishesWhatIsThere() {
        var line = Timeline(pages: 100, batch: 1)
        line.submit("a:4+2")
        line.submit("b:4+1")
        line.scheduler.drain()
        #expect(line.submit("c:4+1") == .draining)
        #expect(line.play() == "+a a4 | a1 a. | +b b4 b.")
        #expect(line.scheduler.isIdle)
    }

    /// Whatever comes, everything ends, and never more pages are used than there are (the timeline traps on that).
    @Test(arguments: 1...200)
    func randomLoadAlwaysEnds(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var line = Timeline(
            pages: Int.random(in: 10...30, using: &random), batch: Int.random(in: 1...8, using: &random),
            prompt: Int.random(in: 1...64, using: &random), mixed: Int.random(in: 1...16, using: &random), pageTokens: 4)
        var submitted = 0
        var finished = 0
        for _ in 0..<40 {
            let name = ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
            line.submit(
                "\(name):\(Int.random(in: 1...20, using: &random))+\(Int.random(in: 1...20, using: &random))",
                WorkClass.allCases.randomElement(using: &random) ?? .chat)
            submitted += 1
            finished += line.play(Int.random(in: 0...4, using: &random)).filter { $0 == "." }.count
        }
        finished += line.play(20_000).filter { $0 == "." }.count
        #expect(finished == submitted, "seed \(seed)")
    }
}
