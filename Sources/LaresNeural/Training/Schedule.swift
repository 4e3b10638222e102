import Glibc

/// A learning rate that changes with the steps.
///
/// ```swift
/// let schedule = Schedule.cosine(1e-3, to: 1e-5, over: 2000).warmedUp(over: 100)
/// optimizer.learningRate = schedule.rate(at: step)
/// ```
public struct Schedule: Sendable {
    private let rule: @Sendable (Int) -> Float

    /// Any rule; steps count from 0.
    public init(_ rule: @escaping @Sendable (Int) -> Float) { self.rule = rule }

    /// The rate at a step, counted from 0.
    public func rate(at step: Int) -> Float { rule(step) }

    /// Always the same.
    public static func constant(_ rate: Float) -> Schedule { Schedule { _ in rate } }

    /// Down to `end` along half a cosine, and `end` from there on (Loshchilov & Hutter 2017).
    public static func cosine(_ start: Float, to end: Float = 0, over steps: Int) -> Schedule {
        Schedule { step in
            let part = min(1, Float(step) / Float(max(1, steps)))
            return end + (start - end) * (1 + cosf(.pi * part)) / 2
        }
    }

    /// Down to `end` along a line, and `end` from there on.
    public static func linear(_ start: Float, to end: Float = 0, over steps: Int) -> Schedule {
        Schedule { step in start + (end - start) * min(1, Float(step) / Float(max(1, steps))) }
    }

    /// Times `factor` after every so many steps.
    public static func stepped(_ start: Float, factor: Float, every steps: Int) -> Schedule {
        Schedule { step in start * powf(factor, Float(step / max(1, steps))) }
    }

    /// Rising along a line over the first steps, this schedule behind them.
    public func warmedUp(over steps: Int) -> Schedule {
        let rule = rule
        return Schedule { step in step < steps ? rule(0) * Float(step + 1) / Float(steps) : rule(step - steps) }
    }
}

/// Ends a training that no longer gets better.
public struct EarlyStopping: Sendable {
    /// Looks without a better loss before it ends.
    public let patience: Int
    /// How much better counts.
    public let margin: Float
    /// The lowest loss so far.
    public private(set) var best = Float.infinity
    /// Looks since then.
    public private(set) var since = 0

    /// Ends after `patience` looks that were not better by more than `margin`.
    public init(patience: Int, margin: Float = 0) {
        self.patience = patience
        self.margin = margin
    }

    /// What to do after a look.
    public enum Decision: Sendable, Hashable {
        /// The best so far: keep this model.
        case better
        /// Go on.
        case worse
        /// End, and take the model that was kept.
        case stop
    }

    /// Takes the loss on data that the model doesn't learn from. NaN is never better.
    public mutating func look(_ loss: Float) -> Decision {
        if loss < best - margin {
            (best, since) = (loss, 0)
            return .better
        }
        since += 1
        return since >= patience ? .stop : .worse
    }
}
