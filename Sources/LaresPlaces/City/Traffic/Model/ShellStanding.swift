internal import LaresControl
internal import LaresJSON

/// Whether a junction's shell is proven: that it can reach no state that must not be.
package enum ShellStanding: Sendable, Hashable {
    /// It waits for its proof, or is being proven.
    case proving
    /// None of so many states, which are all, is unsafe.
    case proven(states: Int)
    /// The proof came to no end, and why: the shell and its monitor hold all the same.
    case unproven(String)
    /// It can reach a state that must not be, and which: no controller is heard behind it.
    case failed(String)

    /// What a proof says.
    init(_ proof: ShellProof, limit: Int) {
        if let failure = proof.failure {
            self = .failed("\(failure.violation), after \(failure.wishes.count) s")
        } else {
            self = proof.isComplete ? .proven(states: proof.states) : .unproven("it can reach more than \(limit) states")
        }
    }

    var json: JSON {
        switch self {
        case .proving: Self.form("proving")
        case .proven(let states): Self.form("proven", .int(states))
        case .unproven(let why): Self.form("unproven", why: why)
        case .failed(let why): Self.form("failed", why: why)
        }
    }

    private static func form(_ state: String, _ states: JSON = .null, why: String? = nil) -> JSON {
        ["state": .string(state), "states": states, "why": why.map { .string($0) } ?? .null]
    }
}
