import LaresTensor

/// Requests that wait: by urgency, then fairly between callers, then in the order they came.
///
/// Fairness follows the virtual token counter of Sheng et al. (Fairness in Serving Large Language Models, 2024): whoever was served least comes
/// next; a caller who was away starts at the least of those who are here, so that nobody saves up.
struct WaitingLine: Sendable {
    private var lines: [WorkClass: [String: [SchedulerJob]]] = [:]
    private var served: [String: Int] = [:]
    private var arrivals: [Int: Int] = [:]
    private var arrival = 0
    private(set) var count = 0

    mutating func append(_ job: SchedulerJob, active: Set<String>) {
        arrive(job, active)
        lines[job.work, default: [:]][job.caller, default: []].append(job)
    }

    /// Puts a request back that was in the batch: before its caller's others.
    mutating func putBack(_ job: SchedulerJob, active: Set<String>) {
        arrive(job, active)
        lines[job.work, default: [:]][job.caller, default: []].insert(job, at: 0)
    }

    private mutating func arrive(_ job: SchedulerJob, _ active: Set<String>) {
        let present = active.union(lines.values.flatMap(\.keys))
        served = served.filter { present.contains($0.key) }
        if served[job.caller] == nil { served[job.caller] = served.values.min() ?? 0 }
        arrival += 1
        arrivals[job.id] = arrival
        count += 1
    }

    /// Who comes next.
    var first: SchedulerJob? {
        for work in WorkClass.allCases {
            let heads = lines[work, default: [:]].values.compactMap(\.first)
            if let next = heads.min(by: { rank($0) < rank($1) }) { return next }
        }
        return nil
    }

    private func rank(_ job: SchedulerJob) -> (Int, Int) { (served[job.caller] ?? 0, arrivals[job.id] ?? 0) }

    /// Takes a request out; nil when it doesn't wait.
    mutating func remove(_ id: Int) -> SchedulerJob? {
        for (work, callers) in lines {
            for (caller, jobs) in callers {
                guard let index = jobs.firstIndex(where: { $0.id == id }) else { continue }
                lines[work]?[caller]?.remove(at: index)
                if jobs.count == 1 { lines[work]?[caller] = nil }
                arrivals[id] = nil
                count -= 1
                return jobs[index]
            }
        }
        return nil
    }

    /// Notes tokens that were computed for a caller.
    mutating func charge(_ caller: String, _ tokens: Int) { served[caller, default: 0] += tokens }
}
