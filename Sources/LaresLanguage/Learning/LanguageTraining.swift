public import LaresNeural
public import LaresTensor

/// A model that says what comes next after each token of a text.
public protocol NextTokenModel: Module {
    /// Logits: `[batch, time]` to `[batch, time, vocabulary]`.
    func callAsFunction(_ tokens: Indices) -> Tensor
}

/// How a model learns a text: AdamW on windows that begin anywhere, with a rate that rises, then falls along half a cosine.
public struct LanguageTraining: Sendable {
    /// Steps in all.
    public var steps: Int
    /// Windows of a step.
    public var batch: Int
    /// The rate after the first steps; it falls to a tenth.
    public var learningRate: Float
    /// Steps until the rate is reached.
    public var warmUp: Int
    /// Taken from matrices, not from gradients.
    public var decay: Float = 0.1
    /// Names the run.
    public var seed: UInt64 = 1

    /// nanoGPT's recipe for a processor unless told otherwise.
    public init(steps: Int = 2000, batch: Int = 12, learningRate: Float = 1e-3, warmUp: Int = 100) {
        (self.steps, self.batch, self.learningRate, self.warmUp) = (steps, batch, learningRate, warmUp)
    }

    /// How far a training is.
    public struct Progress: Sendable {
        /// Steps taken, from 1.
        public let step: Int
        /// The loss of the step, in nats a token.
        public let loss: Float
    }

    /// Learns; `progress` is asked after every step, and false ends the training there. Throws `TrainingDiverged` when the loss is no number.
    public func run(_ model: inout some NextTokenModel, on text: TextWindows, progress: (Progress) -> Bool) throws {
        var random = SeededRandom(seed: seed)
        var optimizer = AdamW(learningRate: learningRate, beta2: 0.99, decay: .matrices(decay))
        let rising = min(warmUp, steps / 10)
        let schedule = Schedule.cosine(learningRate, to: learningRate / 10, over: steps - rising).warmedUp(over: rising)
        for step in 0..<steps {
            let windows = text.batch(of: batch, using: &random)
            let (loss, gradient) = valueAndGradient(at: model) { crossEntropy($0(windows.inputs), windows.labels) }
            guard loss.isFinite else { throw TrainingDiverged(step: step + 1) }
            optimizer.learningRate = schedule.rate(at: step)
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
            guard progress(Progress(step: step + 1, loss: loss)) else { return }
        }
    }
}

extension NextTokenModel {
    /// The mean loss in nats a token over so many batches of windows, the same ones for the same seed.
    public func loss(on text: TextWindows, batches: Int = 20, of size: Int = 12, seed: UInt64 = 7) -> Float {
        var random = SeededRandom(seed: seed), sum: Float = 0
        for _ in 0..<batches {
            let windows = text.batch(of: size, using: &random)
            sum += crossEntropy(self(windows.inputs), windows.labels).scalar
        }
        return sum / Float(batches)
    }
}

/// A training whose loss became infinite or NaN.
public struct TrainingDiverged: Error, Sendable, CustomStringConvertible {
    /// The step, from 1.
    public let step: Int
    /// What happened, and what to do.
    public var description: String { "the loss of step \(step) is no number; try a smaller learning rate" }
}
