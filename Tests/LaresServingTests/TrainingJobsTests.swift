import Foundation
import GRDB
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresServing
import LaresStore
import LaresTensor
import Logging
import Synchronization
import Testing

/// Jobs with a program in the place of the child that says what a test wants it to say.
@Suite struct TrainingJobsTests {
    private static let recipe: JSON = ["data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y"]]

    private func home() throws -> LaresHome {
        try LaresHome(path: FileManager.default.temporaryDirectory.appending(path: "lares-jobs-\(UUID().uuidString)").path)
    }

    /// A script that stands for `lares train-worker`.
    private func program(_ lines: String, in home: LaresHome) throws -> String {
        let path = home.file("program.sh")
        try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func jobs(
        _ home: LaresHome, _ lines: String, noting pace: CheckpointPace = CheckpointPace(),
        publish: @escaping TrainingJobs.Publishing = { _, _ in }
    ) throws -> TrainingJobs {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try TrainingJobs(
            home: home, executable: program(lines, in: home), pause: .milliseconds(5), noting: pace, logger: logger, publish: publish)
    }

    /// Runs the line until a job is over.
    private func end(of id: String, _ jobs: TrainingJobs) async throws -> Job {
        let updates = try await jobs.updates(of: id)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            var last: Job?
            for await job in updates { last = job }
            group.cancelAll()
            return try #require(last)
        }
    }

    @Test func aFinishedTrainingIsPublishedAndKeepsItsCard() async throws {
        let home = try home()
        let jobs = try jobs(
            home,
            #"""
            echo '{"event":"started","resumed":false}'
            echo '{"event":"progress","progress":{"epoch":1,"epochs":2,"step":3,"steps":6,"loss":0.5,"validation":null}}'
            echo '{"event":"finished","card":{"metrics":1}}'
            """#
        ) { job, folder in try Data(job.id.utf8).write(to: URL(fileURLWithPath: home.file("published"))) }
        let submitted = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes(Array("x,y\n1,a\n".utf8)))
        let job = try await end(of: submitted.id, jobs)
        #expect(job.state == .finished && job.card == ["metrics": 1] && job.attempts == 1)
        #expect(job.progress["step"] == 3)
        #expect(try String(contentsOfFile: home.file("published"), encoding: .utf8) == job.id)
    }

    @Test func aTrainingThatFailsOrDiesIsMarkedWithTheReason() async throws {
        for (lines, reason) in [
            (#"echo '{"event":"failed","message":"no such column"}'; exit 1"#, "no such column"),
            ("kill -9 $$", "ended by signal 9: someone killed it"), ("kill -4 $$", "needed more than its memory limit of 2048 MB"),
            ("exit 3", "ended with 3"), ("echo nonsense", "said nothing"),
        ] {
            let jobs = try jobs(home(), lines)
            let job = try await end(of: jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id, jobs)
            #expect(job.state == .failed && job.message?.contains(reason) == true, "\(job.message ?? "")")
        }
    }

    @Test func aNetworkThatCannotBePublishedIsAFailure() async throws {
        struct Full: Error {}
        let jobs = try jobs(home(), #"echo '{"event":"finished","card":{}}'"#) { _, _ in throw Full() }
        let job = try await end(of: jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id, jobs)
        #expect(job.state == .failed && job.message?.contains("could not be published") == true)
    }

    @Test func aTrainingIsEndedAtItsTimeLimitThoughItDoesNotListen() async throws {
        let lines = "trap '' TERM; while :; do sleep 0.05; done"
        let child = TrainingChild(executable: try program(lines, in: home()), patience: .milliseconds(50))
        var order = TrainingOrder(recipe: "r.json", output: "o")
        (order.limits, order.spent) = (TrainingLimits(seconds: 9), 9)
        let event = try await child.run(order) { _ in }
        guard case .failed(let message) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(message.contains("ended at its time limit of 9 s: raise the limit"))
    }

    @Test func aJobThatFailedIsResumedWithOtherLimitsAndOneThatIsFinishedIsNot() async throws {
        let home = try home()
        let first = try jobs(home, #"echo '{"event":"failed","message":"no"}'"#)
        let failed = try await end(of: first.submit(TrainingJobsTests.recipe, data: .bytes([]), limits: ["seconds": 5]).id, first)
        #expect(failed.state == .failed && failed.limits == TrainingLimits(seconds: 5))
        let jobs = try jobs(home, #"echo '{"event":"finished","card":{}}'"#)
        await #expect(throws: JobError.self) { try await jobs.resume(failed.id, limits: ["minutes": 5]) }
        let resumed = try await jobs.resume(failed.id, limits: ["disk_mb": 7])
        #expect(resumed.state == .queued && resumed.limits == TrainingLimits(seconds: 5, disk: 7) && resumed.message == nil)
        #expect(try await end(of: failed.id, jobs).state == .finished)
        await #expect(throws: JobError.self) { try await jobs.resume(failed.id) }
    }

    @Test func aTrainingThatHasFinishedIsPublishedWithoutAnotherRun() async throws {
        let home = try home()
        let jobs = try jobs(home, "exit 3")
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id
        let output = home.file("jobs") + "/\(id)/output"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        for (name, text) in [("network.safetensors", "…"), ("card.json", #"{"metrics": 2}"#)] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: output + "/" + name))
        }
        let job = try await end(of: id, jobs)
        #expect(job.state == .finished && job.card == ["metrics": 2])
    }

    /// Lets the jobs' database refuse every job that is to get a state, as a full disk does.
    private func refuse(_ state: String?, _ home: LaresHome) throws {
        var settings = Configuration()
        settings.busyMode = .timeout(10)
        try DatabaseQueue(path: home.file("jobs.db"), configuration: settings).write {
            try $0.execute(sql: "DROP TRIGGER IF EXISTS full")
            guard let state else { return }
            try $0.execute(
                sql: "CREATE TRIGGER full BEFORE UPDATE ON jobs WHEN NEW.state = '\(state)' BEGIN SELECT RAISE(ABORT, 'no room'); END")
        }
    }

    @Test func aLineThatCannotBeWrittenDownStandsStillSaysWhyAndGoesOn() async throws {
        let home = try home()
        let jobs = try jobs(home, #"echo '{"event":"finished","card":{}}'"#)
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id
        try refuse("running", home)
        let updates = try await jobs.updates(of: id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            var last: Job?
            for await job in updates {
                last = job
                guard let message = job.message else { continue }
                #expect(job.state == .queued && message.contains("none is started") && message.contains("no room"))
                #expect(try await jobs.newest(1).first?.message == message)
                try refuse(nil, home)
            }
            group.cancelAll()
            #expect(last?.state == .finished && last?.attempts == 1 && last?.message == nil)
        }
    }

    @Test func theEndOfATrainingIsKnownAtOnceAndWrittenDownWhenThereIsRoom() async throws {
        let home = try home()
        let jobs = try jobs(home, #"echo '{"event":"finished","card":{"metrics":3}}'"#)
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id
        try refuse("finished", home)
        let updates = try await jobs.updates(of: id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            for await job in updates where job.isOver { break }
            #expect(try await jobs.job(id).state == .finished)
            let another = try self.jobs(home, "exit 1")
            #expect(try await another.job(id).state == .running)
            try refuse(nil, home)
            let end = ContinuousClock.now + .seconds(20)
            while try await another.job(id).state == .running, ContinuousClock.now < end { await Task.yield() }
            #expect(try await another.job(id).card == ["metrics": 3])
            group.cancelAll()
        }
    }

    @Test func jobsOfAServerThatEndedGoOn() async throws {
        let home = try home()
        // The first server's child never ends by itself; it stops when asked to.
        let first = try jobs(
            home,
            #"trap 'echo "{\"event\":\"stopped\"}"; exit 0' TERM; echo '{"event":"started","resumed":false}'; while :; do sleep 0.05; done"#
        )
        let id = try await first.submit(TrainingJobsTests.recipe, data: .bytes([])).id
        let updates = try await first.updates(of: id)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            for await job in updates where job.state == .running { break }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await first.job(id).state == .queued)

        let second = try jobs(home, #"echo '{"event":"finished","card":{}}'"#)
        #expect(try await end(of: id, second).state == .finished)
    }

    /// A child that begins with a step and goes on until it is told to stop.
    private func endless(_ step: Int) -> String {
        #"trap 'echo "{\"event\":\"stopped\"}"; exit 0' TERM; "#
            + #"echo '{"event":"started","resumed":\#(step > 0),"step":\#(step)}'; while :; do sleep 0.05; done"#
    }

    /// Runs a server until a job has begun and `isReady`, and leaves in the database what one that is killed at that moment does.
    private func kill(_ jobs: TrainingJobs, _ id: String, _ home: LaresHome, when isReady: () async throws -> Bool = { true }) async throws
    {
        let updates = try await jobs.updates(of: id), begun = try await jobs.job(id).log.count
        var settings = Configuration()
        settings.busyMode = .timeout(10)
        let database = try DatabaseQueue(path: home.file("jobs.db"), configuration: settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await jobs.run() }
            for await job in updates where job.log.count > begun { break }
            let end = ContinuousClock.now + .seconds(20)
            while try await !isReady(), ContinuousClock.now < end { await Task.yield() }
            try await database.write { try $0.execute(sql: "CREATE TABLE killed AS SELECT * FROM jobs") }
            group.cancelAll()
            try await group.waitForAll()
        }
        let columns = "state, attempts, vain_attempts, first_step, spent, log"
        try await database.write {
            try $0.execute(sql: "UPDATE jobs SET (\(columns)) = (SELECT \(columns) FROM killed); DROP TABLE killed")
        }
    }

    @Test func theTimeOfAJobIsKnownWhenTheServerIsKilled() async throws {
        let home = try home(), clock = Mutex(0)
        let pace = CheckpointPace(every: .milliseconds(5)) { .seconds(clock.withLock(\.self)) }
        let first = try jobs(home, endless(0), noting: pace)
        let id = try await first.submit(TrainingJobsTests.recipe, data: .bytes([]), limits: ["seconds": 60]).id
        let reader = try jobs(home, endless(0))
        try await kill(first, id, home) {
            clock.withLock { $0 = 100 }
            return try await reader.job(id).spent == 100
        }
        #expect(try await reader.job(id).spent == 100)
        let second = try jobs(home, endless(7), noting: CheckpointPace { .zero })
        let job = try await end(of: id, second)
        #expect(job.state == .failed && job.message?.contains("time limit of 60 s") == true && job.spent == 100)
    }

    @Test func aJobThatGetsFurtherEachTimeOutlivesAnyNumberOfServers() async throws {
        let home = try home()
        let id = try await jobs(home, "exit 1").submit(TrainingJobsTests.recipe, data: .bytes([])).id
        for server in 0..<8 { try await kill(jobs(home, endless(server * 10)), id, home) }
        let last = try jobs(home, #"echo '{"event":"finished","card":{}}'"#)
        let job = try await end(of: id, last)
        #expect(job.state == .finished && job.attempts == 9 && job.log.filter { $0.event == .resumed }.count == 7)
    }

    @Test(arguments: [0, 30]) func aJobThatEndsTheServerAndGetsNoFurtherFails(_ step: Int) async throws {
        let home = try home()
        let id = try await jobs(home, "exit 1").submit(TrainingJobsTests.recipe, data: .bytes([])).id
        for _ in 0..<5 { try await kill(jobs(home, endless(step)), id, home) }
        let job = try await end(of: id, try jobs(home, #"echo '{"event":"finished","card":{}}'"#))
        #expect(job.state == .failed && job.message == "the server ended 5 times while it ran, and it got no further" && job.attempts == 5)
        let resumed = try jobs(home, #"echo '{"event":"finished","card":{}}'"#)
        _ = try await resumed.resume(id)
        #expect(try await end(of: id, resumed).state == .finished)
    }

    @Test func aJobIsCancelledWhileItWaitsAndRemovedWhenItIsOver() async throws {
        let home = try home()
        let jobs = try jobs(home, "exit 1")
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id
        #expect(try await jobs.cancel(id).state == .cancelled)
        _ = try await jobs.cancel(id)
        await #expect(throws: JobError.self) { try await jobs.job(id) }
        #expect(!FileManager.default.fileExists(atPath: home.file("jobs") + "/" + id))
    }

    @Test func dataThatComeWithAJobNeedNoNameInItsRecipe() async throws {
        let jobs = try jobs(home(), "exit 1")
        let bare: JSON = ["columns": [["name": "x"]], "target": ["name": "y"]]
        #expect(try await jobs.submit(bare, data: .bytes([])).state == .queued)
        let series: JSON = ["forecaster": ["series": ["a"], "step": 3600, "horizon": 2]]
        #expect(try await jobs.submit(series, data: .bytes([])).state == .queued)
        for recipe in [bare, series] {
            let error = await #expect(throws: JobError.self) { try await jobs.submit(recipe, data: .named) }
            #expect(error?.message.contains("'data' is missing") == true, "\(error?.message ?? "")")
        }
    }

    /// A job that data come with reads no file of the machine; one without must name them by their full paths.
    @Test func filesThatAreMixedAreReadWhereTheyLie() async throws {
        let jobs = try jobs(home(), "exit 1")
        func recipe(_ files: JSON) -> JSON { ["data": ["files": files], "columns": [["name": "x"]], "target": ["name": "y"]] }
        let whole = recipe([["file": "/a.csv"], ["file": "/b.csv"]]), part = recipe([["file": "/a.csv"], ["file": "b.csv"]])
        #expect(try await jobs.submit(whole, data: .named).state == .queued)
        for (recipe, data) in [(whole, JobData.bytes([])), (part, .named)] {
            let error = await #expect(throws: JobError.self) { try await jobs.submit(recipe, data: data) }
            #expect(error?.code == .badRecipe)
        }
    }

    @Test func whatIsNoRecipeIsRefused() async throws {
        let jobs = try jobs(home(), "exit 1")
        await #expect(throws: JobError.self) { try await jobs.submit(["data": 1], data: .bytes([])) }
        await #expect(throws: JobError.self) { try await jobs.submit(TrainingJobsTests.recipe, data: .named) }
        #expect(try await jobs.jobs().isEmpty)
    }

    @Test(arguments: ["qwen2", "llama"]) func whatCanNotLearnIsRefusedBeforeItWaits(_ family: String) async throws {
        let home = try home(), path = home.file("model.gguf")
        var random = LaresTensor.SeededRandom(seed: 1)
        let network = CausalTransformer(
            .init(vocabulary: ByteVocabulary.count, width: 64, layers: 1, heads: 4, context: 32), using: &random)
        var contents = network.contents(ByteVocabulary.values)
        let values = contents.values.map { ($0.hasPrefix("llama.") ? family + $0.dropFirst(5) : $0, $1) }
        contents.values = Dictionary(values, uniquingKeysWith: { $1 })
        contents.values["general.architecture"] = .string(family)
        if family == "llama" { contents.append("blk.0.attn_q.bias", .zeros([64]), as: .f32) }
        try contents.write(to: path)
        let store = try ModelStore(home: home)
        #expect(try await store.importModel(at: path, name: "base").summary.family == family)
        let jobs = try jobs(home, "exit 1"), recipe: JSON = ["name": "more", "tuning": ["model": "base"]]
        let error = await #expect(throws: JobError.self) { try await jobs.submit(recipe, data: .bytes(Array("a text".utf8))) }
        #expect(error?.code == .badRecipe && error?.message.contains("'tuning.model'") == true)
        #expect(error?.message.contains("can be served but not trained") == true)
        #expect(try await jobs.jobs().isEmpty)
    }

    @Test func theLossesOfEveryEpochAreKeptAndSoIsWhatHappened() async throws {
        let home = try home()
        let jobs = try jobs(
            home,
            #"""
            echo '{"event":"started","resumed":false}'
            echo '{"event":"progress","progress":{"epoch":0,"epochs":2,"step":1,"steps":4,"loss":0.9,"validation":null}}'
            echo '{"event":"progress","progress":{"epoch":1,"epochs":2,"step":2,"steps":4,"loss":0.5,"validation":0.6}}'
            echo '{"event":"progress","progress":{"epoch":1,"epochs":2,"step":3,"steps":4,"loss":7,"validation":0.6}}'
            echo '{"event":"progress","progress":{"epoch":2,"epochs":2,"step":4,"steps":4,"loss":0.25,"validation":0.5}}'
            echo '{"event":"finished","card":{}}'
            """#)
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .bytes([]), by: "maria").id
        let job = try await end(of: id, jobs)
        #expect(job.curve.parts.map(\.epoch) == [1, 2] && job.curve.parts.map(\.loss) == [0.5...0.5, 0.25...0.25])
        #expect(job.curve.parts.map(\.validation) == [0.6...0.6, 0.5...0.5])
        #expect(job.log.map(\.event) == [.queued, .started, .finished] && job.by == "maria")
        let again = try TrainingJobs(home: home, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let read = try await again.job(id)
        #expect(read.curve == job.curve && read.log.map(\.event) == job.log.map(\.event) && read.by == "maria")
        let newest = try await again.newest(5)
        #expect(newest.map(\.id) == [id] && newest[0].curve.parts.isEmpty && newest[0].progress["epoch"] == 2)
        #expect(try await again.counts() == [.finished: 1])
    }

    @Test func aTrainingThatGoesOnBringsItsLossesAlong() async throws {
        let jobs = try jobs(
            home(),
            #"""
            echo '{"event":"started","resumed":true,"losses":{"epochs_per_part":1,"parts":[{"epoch":1,"loss":[3,3],"validation":null}]}}'
            echo '{"event":"progress","progress":{"epoch":1,"epochs":2,"step":3,"steps":4,"loss":9,"validation":null}}'
            echo '{"event":"progress","progress":{"epoch":2,"epochs":2,"step":4,"steps":4,"loss":2,"validation":null}}'
            echo '{"event":"finished","card":{}}'
            """#)
        let job = try await end(of: jobs.submit(TrainingJobsTests.recipe, data: .bytes([])).id, jobs)
        #expect(job.curve.parts.map(\.loss) == [3...3, 2...2] && job.log.map(\.event) == [.queued, .resumed, .finished])
    }

    @Test func aJobLearnsFromADataSetThatMayBeRemoved() async throws {
        let home = try home()
        let jobs = try jobs(
            home,
            #"""
            while [ $# -gt 1 ]; do [ "$1" = --data ] && cp "$2" "\#(home.file("seen"))"; shift; done
            echo '{"event":"finished","card":{}}'
            """#)
        var upload = try jobs.data.begin("d.csv", by: "maria", limit: 100)
        try upload.append(Array("x,y\n1,a\n2,b\n".utf8))
        let set = try upload.finish()
        let id = try await jobs.submit(TrainingJobsTests.recipe, data: .kept(set.id)).id
        _ = try jobs.data.remove(set.id)
        #expect(try await end(of: id, jobs).dataSet == set.id)
        #expect(try String(contentsOfFile: home.file("seen"), encoding: .utf8) == "x,y\n1,a\n2,b\n")
        let error = await #expect(throws: JobError.self) { try await jobs.submit(TrainingJobsTests.recipe, data: .kept(set.id)) }
        #expect(error?.code == .noSuchData)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.file("jobs")) == [id], "a job that was refused leaves no folder")
    }
}
