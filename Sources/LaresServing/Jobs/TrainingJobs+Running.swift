import Foundation
import LaresJSON
import Logging
import ServiceLifecycle

extension TrainingJobs {
    /// Works on the line until the server goes down; a job that runs then writes a checkpoint and goes on when the server is back.
    public func run() async throws {
        try store.requeue()
        wake.yield()
        try await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in wakes {
                while !isEnding, !Task.isCancelled, let job = try store.next() { try await work(on: job) }
            }
        } onCancelOrGracefulShutdown: {
            Task { await self.end() }
        }
    }

    private func end() {
        isEnding = true
        current?.child.stop()
        wake.finish()
    }

    private func work(on job: Job) async throws {
        guard !isEnding else { return }
        var job = job
        job.attempts += 1
        job.state = job.attempts > Self.mostAttempts ? .failed : .running
        if job.state == .failed {
            (job.message, job.ended) = ("the server ended \(Self.mostAttempts) times while it ran", Date())
            job.note(.failed)
        }
        try save(job)
        guard job.state == .running else { return }
        let (folder, child) = (try folder(job.id), TrainingChild(executable: executable))
        current = (job.id, child)
        defer { current = nil }
        let event = await outcome(of: job, folder, child)
        try await conclude(job.id, event, folder)
    }

    private func outcome(of job: Job, _ folder: String, _ child: TrainingChild) async -> TrainingEvent {
        let hasData = FileManager.default.fileExists(atPath: folder + "/data")
        let order = TrainingOrder(recipe: folder + "/recipe.json", data: hasData ? folder + "/data" : nil, output: folder + "/output")
        let (events, continuation) = AsyncStream<TrainingEvent>.makeStream(bufferingPolicy: .bufferingNewest(1024))
        let id = job.id
        async let result: TrainingEvent = {
            defer { continuation.finish() }
            do { return try await child.run(order) { continuation.yield($0) } } catch { return .failed("\(error)") }
        }()
        for await event in events { advance(id, event) }
        return await result
    }

    private func advance(_ id: String, _ event: TrainingEvent) {
        guard var job = live[id] else { return }
        switch event {
        case .started(let isResumed, let losses):
            job.curve = losses
            job.note(isResumed ? .resumed : .started)
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

    private func conclude(_ id: String, _ event: TrainingEvent, _ folder: String) async throws {
        guard var job = live[id] else { return }
        switch event {
        case .finished(let card):
            do {
                try await publish(job, folder + "/output")
                (job.state, job.card) = (.finished, card)
            } catch { (job.state, job.message) = (.failed, "the network is trained but could not be published: \(error)") }
        case .stopped:
            // Stopped without being cancelled: the server goes down, and goes on later.
            job.state = cancelled.contains(id) ? .cancelled : .queued
            if job.state == .queued { job.attempts -= 1 }
        case .failed(let message): (job.state, job.message) = cancelled.contains(id) ? (.cancelled, nil) : (.failed, message)
        case .started, .progress: return
        }
        cancelled.remove(id)
        if job.isOver { job.ended = Date() }
        job.note(Self.ending[job.state] ?? .interrupted)
        try save(job)
    }

    private static let ending: [Job.State: JobNote.Event] = [.finished: .finished, .failed: .failed, .cancelled: .cancelled]

    /// Writes a job down and tells who watches.
    func save(_ job: Job) throws {
        try store.update(job)
        live[job.id] = job.isOver || job.state == .queued ? nil : job
        if job.state == .failed { logger.warning("a training failed", metadata: ["job": "\(job.id)", "why": "\(job.message ?? "")"]) }
        tell(job)
    }
}
