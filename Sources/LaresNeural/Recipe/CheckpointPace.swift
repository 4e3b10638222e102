/// How often something is written down that ends with the process: checkpoints at the ends of epochs, the time that a job has taken.
///
/// A checkpoint is on the disk (`fsync`) before the next epoch begins, which takes milliseconds: epochs that take less would be held up by them.
/// What is lost when a training is killed is computed again, to the same bits.
public struct CheckpointPace: Sendable {
    /// The time that passes from one to the next.
    public let interval: Duration
    /// The time that has passed since some moment.
    package let elapsed: @Sendable () -> Duration

    /// - Parameters:
    ///   - interval: At least this long lies between the checkpoints of two epochs. Those of the first epoch of a run, of the last, and of one that is
    ///     stopped are written anyhow.
    ///   - elapsed: The time that has passed since some moment; nil: by the system's clock.
    public init(every interval: Duration = .seconds(5), elapsed: (@Sendable () -> Duration)? = nil) {
        let began = ContinuousClock.now
        self.interval = interval
        self.elapsed = elapsed ?? { ContinuousClock.now - began }
    }
}
