import Dispatch
import Foundation
import LaresJSON
import LaresNeural
import Logging
import ServiceLifecycle

extension TrainingJobs {
    /// Processes that are started for one job, and get no further, before it counts as failed: a job that ends the server each time
    /// mustn't do so for ever.
    static let mostAttempts = 5

    /// Works on the line until the server goes down; a job that runs then writes a checkpoint and goes on when the server is back.
    public func run() async throws {
        wake.yield()
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in wakes { await workThrough() }
        } onCancelOrGracefulShutdown: {
            Task { await self.end() }
        }
    }

    private func end() {
        isEnding = true
        current?.child.stop()
        wake.finish()
    }

    /// Where nothing can be written down (the disk is full), the line stands still, and everything else goes on.
    private func workThrough() async {
        do {
            if !isRequeued { try store.requeue() }
            isRequeued = true
            try saveRest()
            meet(nil)
            while !isEnding, !Task.isCancelled, let job = try store.next() { try await work(on: job) }
        } catch {
            meet("the jobs can't be written down, so none is started: \(ServingError(full: error)?.message ?? "\(error)")")
            logger.error("jobs stand still", metadata: ["why": "\(error)"])
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(pause / .milliseconds(1)))) { [wake] in wake.yield() }
        }
    }

    /// Runs a job's child, and publishes what it learnt.
    private func work(on job: Job) async throws {
        var job = job
        let folder = try folder(job.id)
        job.state = job.vainAttempts < Self.mostAttempts ? .running : .failed
        if job.state == .running {
            (job.attempts, job.vainAttempts) = (job.attempts + 1, job.vainAttempts + 1)
        } else {
            (job.message, job.ended) = ("the server ended \(Self.mostAttempts) times while it ran, and it got no further", Date())
            job.note(.failed)
        }
        try save(job)
        guard job.state == .running else { return }
        let child = TrainingChild(executable: executable, patience: patience)
        // As if all its processes had been one.
        let began = pace.elapsed() - .seconds(job.spent)
        current = (job.id, child)
        defer { current = nil }
        async let _: Void = noteTime(of: job.id, since: began)
        let event = await outcome(of: job, folder, child)
        await conclude(job.id, event, folder, since: began)
        try saveRest()
    }

    /// Writes down now and then how long a job has run and how far it is, for a server that is killed; the job goes on where there is no
    /// room for it.
    private func noteTime(of id: String, since began: Duration) async {
        while (try? await Task.sleep(for: pace.interval)) != nil {
            guard var job = live[id], job.state == .running else { return }
            job.spent = seconds(since: began)
            live[id] = job
            try? store.update(job)
        }
    }

    private func seconds(since began: Duration) -> Int { Int((pace.elapsed() - began) / .seconds(1)) }

    /// Runs the child; one that has finished before needn't run again.
    private func outcome(of job: Job, _ folder: String, _ child: TrainingChild) async -> TrainingEvent {
        if let card = Self.card(in: folder + "/output") { return .finished(card: card) }
        let hasData = FileManager.default.fileExists(atPath: folder + "/data")
        var order = TrainingOrder(recipe: folder + "/recipe.json", data: hasData ? folder + "/data" : nil, output: folder + "/output")
        (order.limits, order.spent) = (job.limits, job.spent)
        do { order.base = try base(of: job) } catch { return .failed("the model that learns more: \(error)") }
        let (events, continuation) = AsyncStream<TrainingEvent>.makeStream(bufferingPolicy: .bufferingNewest(1024))
        let id = job.id
        async let result: TrainingEvent = { [order] in
            defer { continuation.finish() }
            do { return try await child.run(order) { continuation.yield($0) } } catch { return .failed("\(error)") }
        }()
        for await event in events { advance(id, event) }
        return await result
    }

    private func base(of job: Job) throws -> String? {
        guard let name = try? TrainingRecipe(job.recipe, dataComeAlong: true).model else { return nil }
        let store = try ModelStore(home: home)
        return try store.file(of: store.find(name))
    }

    /// What a training writes last.
    private static func card(in folder: String) -> JSON? {
        guard TrainedFile.name(in: folder) != nil, let text = FileManager.default.contents(atPath: folder + "/card.json")
        else { return nil }
        return try? JSON(parsing: Array(text))
    }

    private func advance(_ id: String, _ event: TrainingEvent) {
        guard var job = live[id] else { return }
        switch event {
        case .started(let isResumed, let step, let losses):
            job.curve = losses
            job.begin(at: step)
            job.note(isResumed ? .resumed : .started)
            try? store.update(job)
        case .progress(let progress):
            job.progress = progress
            // The first that is told of a new count of epochs is the end of one.
            if let epoch = progress["epoch"]?.number.flatMap({ Int(exactly: $0) }), let loss = progress["loss"]?.number {
                job.curve.append(epoch, loss: Float(loss), validation: progress["validation"]?.number.map { Float($0) })
            }
        case .stopped, .finished, .failed: return
        }
        live[id] = job
        tell(job)
    }

    /// Makes the end of a job's process known; it is still to be written down.
    private func conclude(_ id: String, _ event: TrainingEvent, _ folder: String, since began: Duration) async {
        guard var job = live[id] else { return }
        job.spent = seconds(since: began)
        switch event {
        case .finished(let card):
            do {
                try await publish(job, folder + "/output")
                (job.state, job.card) = (.finished, card)
            } catch {
                let why = ServingError(full: error)?.message ?? "\(error)"
                job.state = .failed
                job.message = "the network is trained but could not be published: \(why); resume the job to try again"
            }
        case .stopped:
            // Stopped without being cancelled: the server goes down, and goes on later.
            job.state = cancelled.contains(id) ? .cancelled : .queued
            if job.state == .queued { (job.attempts, job.vainAttempts) = (job.attempts - 1, job.vainAttempts - 1) }
        case .failed(let message): (job.state, job.message) = cancelled.contains(id) ? (.cancelled, nil) : (.failed, message)
        case .started, .progress: return
        }
        cancelled.remove(id)
        if job.isOver { job.ended = Date() }
        job.note(Self.ending[job.state] ?? .interrupted)
        live[id] = job
        unsaved.insert(id)
        tell(job)
    }

    private static let ending: [Job.State: JobNote.Event] = [.finished: .finished, .failed: .failed, .cancelled: .cancelled]
}
