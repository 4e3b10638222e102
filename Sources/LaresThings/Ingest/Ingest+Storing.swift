extension Ingest {
    /// What became of points.
    struct Stored: Sendable {
        var counts = IngestCounts()
        /// Points that can't be stored: the line they are from, and why.
        var faults: [(origin: Int32, fault: PointFault)] = []
        /// Whether nothing was done, as their series are to be looked up again.
        var isStale = false
    }

    /// Stores points together with what else waits; they are on the disk when it returns.
    ///
    /// - Throws: ``IngestError`` when they come too fast, ``TelemetryError`` when they can't be stored. None of them counts then.
    func store(_ points: PlacedPoints, bytes: Int, of tenant: Tenant) async throws -> Stored {
        guard points.epoch == book.epoch else { return Stored(isStale: true) }
        guard waitingPoints + points.count <= settings.waiting || waitingPoints == 0 else {
            rates.noteRefusal(at: now)
            throw IngestError(.overloaded, "\(waitingPoints) points already wait to be stored: send these again later", retryAfter: 1)
        }
        if let wait = tenants[tenant.name]?.charge(points: points.count, bytes: bytes, at: now) {
            rates.noteRefusal(at: now)
            throw IngestError(
                .overQuota, "the tenant '\(tenant.name)' sent more than its share: send less, or have its quota raised",
                retryAfter: Int(min(wait, 3_600)) + 1)
        }
        waitingPoints += points.count
        rates.note(waiting: waitingPoints, at: now)
        defer { waitingPoints -= points.count }
        if isStoring {
            switch await withCheckedContinuation({ queue.append(Waiting(points: points, turn: $0)) }) {
            case .done(let result): return try result.get()
            case .lead: break
            }
        }
        isStoring = true
        return try await lead(points)
    }

    /// Stores points and those that wait, then hands over to the next who came meanwhile: nobody is kept for the others' sake.
    private func lead(_ points: PlacedPoints) async throws -> Stored {
        var count = points.count
        let followers = Array(
            queue.prefix { waiting in
                count += waiting.points.count
                return count <= settings.batch
            })
        queue.removeFirst(followers.count)
        let results = await write([points] + followers.map(\.points))
        for (follower, result) in zip(followers, results.dropFirst()) { follower.turn.resume(returning: .done(result)) }
        if queue.isEmpty { isStoring = false } else { queue.removeFirst().turn.resume(returning: .lead) }
        return try results[0].get()
    }

    private func write(_ groups: [PlacedPoints]) async -> [Result<Stored, any Error>] {
        let time = Timestamp(clock.now).milliseconds
        var (readings, stored): ([Reading], [Stored]) = ([], [])
        for points in groups {
            guard points.epoch == book.epoch else {
                stored.append(Stored(isStale: true))
                continue
            }
            let plan = book.plan(points, now: time, keptFrom: store.keptFrom)
            if readings.isEmpty { readings = plan.readings } else { readings += plan.readings }
            stored.append(Stored(counts: plan.counts, faults: plan.faults))
        }
        do {
            for start in stride(from: 0, to: readings.count, by: settings.batch) {
                let end = min(start + settings.batch, readings.count)
                try await store.append(start == 0 && end == readings.count ? readings : Array(readings[start..<end]))
            }
            return stored.map { .success($0) }
        } catch {
            book.forget()
            return await failing(error, groups.count)
        }
    }

    /// What all are told when nothing could be stored.
    private func failing(_ error: any Error, _ count: Int) async -> [Result<Stored, any Error>] {
        var told: any Error = error
        if error is CancellationError {
            // The sender whose turn it was has gone; the others are still there.
            told = IngestError(.overloaded, "the points couldn't be stored this time: send them again", retryAfter: 1)
        }
        if let error = error as? TelemetryError {
            // Somebody removed a series.
            if error.code == .seriesNotFound {
                do {
                    try await load()
                    return [Result<Stored, any Error>](repeating: .success(Stored(isStale: true)), count: count)
                } catch { told = error }
            }
            if error.code == .overloaded { told = IngestError(.overloaded, error.message, retryAfter: 1) }
        }
        return [Result<Stored, any Error>](repeating: .failure(told), count: count)
    }
}
