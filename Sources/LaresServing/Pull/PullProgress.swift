import Synchronization

/// How far a pull or an import has come.
public struct PullProgress: Sendable, Hashable {
    /// What is being done.
    public enum Stage: String, Sendable, Hashable {
        /// Bytes come over the network.
        case downloading
        /// A file is taken out of its package.
        case unpacking
        /// Files of this machine are copied in.
        case importing
        /// Parts of a model are put together.
        case joining
    }

    /// What is being done.
    public var stage: Stage
    /// The name of the file, or of what it is taken from.
    public var file: String
    /// Bytes there, those of an earlier attempt included.
    public var bytes: Int
    /// Bytes expected, when they are known.
    public var total: Int?
    /// Bytes per second since this step began.
    public var bytesPerSecond: Double
}

/// Tells progress at most ten times a second, and always the end.
final class ProgressMeter: Sendable {
    private struct State {
        var began: ContinuousClock.Instant?
        var told: ContinuousClock.Instant?
        var first = 0
    }

    private let report: @Sendable (PullProgress) -> Void
    private let stage: PullProgress.Stage
    private let file: String
    private let state = Mutex(State())

    init(_ stage: PullProgress.Stage, _ file: String, _ report: @escaping @Sendable (PullProgress) -> Void) {
        self.stage = stage
        self.file = file
        self.report = report
    }

    func advance(to bytes: Int, of total: Int?) {
        let now = ContinuousClock.now
        let rate: Double? = state.withLock { state in
            let began = state.began ?? now
            if state.began == nil { (state.began, state.first) = (now, bytes) }
            guard bytes == total || state.told.map({ now - $0 >= .milliseconds(100) }) ?? true else { return nil }
            state.told = now
            let seconds = (now - began) / .seconds(1)
            return seconds > 0 ? Double(bytes - state.first) / seconds : 0
        }
        guard let rate else { return }
        report(PullProgress(stage: stage, file: file, bytes: bytes, total: total, bytesPerSecond: rate))
    }
}
