import LaresTensor

/// Requests that wait: by urgency, then fairly between callers, then in the order they came.
///
/// Fairness follows the virtual token counter of Sheng et al. (Fairness in Serving Large Language Models, 2024): whoever was served least comes
/// next; a caller who was away starts at no less than the least of those who are here, so that nobody saves up, and at no less than what they
/// had, so that nobody gets rid of it by leaving for a moment.
struct WaitingLine: Sendable {
    private var lines: [WorkClass: [String: [SchedulerJob]]] = [:]
    private var served: [String: Int] = [:]
    /// What the caller had who was served last: where newcomers start when nobody is here.
    private var level = 0
    private static let mostAbsent = 1_024
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
        if !present.contains(job.caller) { welcome(job.caller, present) }
        arrival += 1
        arrivals[job.id] = arrival
        count += 1
    }

    private mutating func welcome(_ caller: String, _ present: Set<String>) {
        let floor = present.compactMap { served[$0] }.min() ?? level
        served[caller] = max(served[caller] ?? 0, floor)
        // Who is away with no more than the floor would start there anyway; of the others, those with the most are remembered.
        let absent = served.filter { !present.contains($0.key) && $0.key != caller }.sorted { $0.value > $1.value }
        for (index, entry) in absent.enumerated() where entry.value <= floor || index >= Self.mostAbsent { served[entry.key] = nil }
    }

    /// How many requests of a caller wait.
    func count(of caller: String) -> Int { lines.values.reduce(0) { $0 + ($1[caller]?.count ?? 0) } }

    /// Who comes next among the requests that may; of one caller, those that may not are passed over.
    func first(where mayCome: (SchedulerJob) -> Bool = { _ in true }) -> SchedulerJob? {
        for work in WorkClass.allCases {
            let heads = lines[work, default: [:]].values.compactMap { $0.first(where: mayCome) }
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
    mutating func charge(_ caller: String, _ tokens: Int) {
        served[caller, default: 0] += tokens
        level = served[caller] ?? 0
    }
}
