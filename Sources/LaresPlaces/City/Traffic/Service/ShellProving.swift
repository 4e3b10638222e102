internal import Foundation
internal import LaresControl
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// What the thread of proofs does: it proves the shells of the street that runs, one after another, with the least priority. The street never waits for it.
struct ShellProving {
    let service: TrafficService
    /// States after which a proof is given up: some hundred megabytes while it lasts.
    static let most = 5_000_000

    func run() {
        #if canImport(Glibc)
            // Of this thread alone.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        #endif
        // Signals of one shape are proven once.
        var known: [ShellRules.Shape: ShellStanding] = [:]
        while !service.state.withLock(\.isStopped) {
            guard let next else {
                usleep(200_000)
                continue
            }
            let shape = next.rules.shape
            guard let standing = known[shape] ?? prove(next.rules, next.generation) else { continue }
            known[shape] = standing
            if !put(standing, next.rules.plan.name, next.generation) { usleep(200_000) }
        }
    }

    /// The first shell that nothing is known of.
    private var next: (rules: ShellRules, generation: Int)? {
        let (source, proofs, generation) = service.state.withLock { ($0.source, $0.proofs, $0.generation) }
        return source?.rules.first { proofs[$0.plan.name] == nil }.map { ($0, generation) }
    }

    /// Nil: another street is run meanwhile, or none.
    private func prove(_ rules: ShellRules, _ generation: Int) -> ShellStanding? {
        let isCurrent = { service.state.withLock { !$0.isStopped && $0.generation == generation } }
        let proof = service.prove(rules, Self.most, isCurrent)
        return isCurrent() ? ShellStanding(proof, limit: Self.most) : nil
    }

    /// Says how a shell stands, and has a junction whose shell isn't safe run its programme.
    ///
    /// - Returns: Whether there was room to ask for that.
    private func put(_ standing: ShellStanding, _ signal: String, _ generation: Int) -> Bool {
        service.state.withLock { state in
            guard state.generation == generation else { return true }
            if case .failed(let why) = standing, !state.request(.disproven(signal, why)) { return false }
            state.proofs[signal] = standing
            return true
        }
    }
}
