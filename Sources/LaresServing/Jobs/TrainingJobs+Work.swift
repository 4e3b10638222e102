import Foundation
import LaresJSON

extension TrainingJobs {
    /// Runs a job's child, and publishes what it learnt.
    func work(on job: Job) async throws {
        var job = job
        let folder = try folder(job.id)
        job.attempts += 1
        job.state = job.attempts > Self.mostAttempts ? .failed : .running
        if job.state == .failed { (job.message, job.ended) = ("the server ended \(Self.mostAttempts) times while it ran", Date()) }
        try store.update(job)
        show(job)
        guard job.state == .running else { return try saveRest() }
        let child = TrainingChild(executable: executable), began = ContinuousClock.now
        current = (job.id, child)
        defer { current = nil }
        let event = await outcome(of: job, folder, child)
        await conclude(job.id, event, folder, Int((ContinuousClock.now - began) / .seconds(1)))
        try saveRest()
    }

    /// Runs the child; one that has finished before needn't run again.
    private func outcome(of job: Job, _ folder: String, _ child: TrainingChild) async -> TrainingEvent {
        if let card = Self.card(in: folder + "/output") { return .finished(card: card) }
        let hasData = FileManager.default.fileExists(atPath: folder + "/data")
        var order = TrainingOrder(recipe: folder + "/recipe.json", data: hasData ? folder + "/data" : nil, output: folder + "/output")
        (order.limits, order.spent) = (job.limits, job.spent)
        let (events, continuation) = AsyncStream<TrainingEvent>.makeStream(bufferingPolicy: .bufferingNewest(64))
        let id = job.id
        async let result: TrainingEvent = { [order] in
            defer { continuation.finish() }
            do { return try await child.run(order) { continuation.yield($0) } } catch { return .failed("\(error)") }
        }()
        for await case .progress(let progress) in events { advance(id, progress) }
        return await result
    }

    /// What a training writes last.
    private static func card(in folder: String) -> JSON? {
        guard FileManager.default.fileExists(atPath: folder + "/network.safetensors"),
            let text = FileManager.default.contents(atPath: folder + "/card.json")
        else { return nil }
        return try? JSON(parsing: Array(text))
    }

    private func advance(_ id: String, _ progress: JSON) {
        guard var job = live[id] else { return }
        job.progress = progress
        show(job)
    }

    private func conclude(_ id: String, _ event: TrainingEvent, _ folder: String, _ seconds: Int) async {
        guard var job = live[id] else { return }
        job.spent += seconds
        switch event {
        case .finished(let card):
            do {
                try await publish(job, folder + "/output")
                (job.state, job.card) = (.finished, card)
            } catch {
                let why = ServingError(full: error)?.message ?? "\(error)"
                (job.state, job.message) = (
                    .failed, "the network is trained but could not be published: \(why); resume the job to try again"
                )
            }
        case .stopped:
            // Stopped without being cancelled: the server goes down, and goes on later.
            job.state = cancelled.contains(id) ? .cancelled : .queued
            if job.state == .queued { job.attempts -= 1 }
        case .failed(let message): (job.state, job.message) = cancelled.contains(id) ? (.cancelled, nil) : (.failed, message)
        case .started, .progress: return
        }
        cancelled.remove(id)
        if job.isOver { job.ended = Date() }
        show(job)
    }
}
