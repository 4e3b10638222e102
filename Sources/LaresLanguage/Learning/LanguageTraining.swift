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
    /// A file that is written after every twentieth part of the steps and when `progress` ends the training, and gone on from when it is there: a
    /// training that was killed ends with the bits of one that wasn't.
    public var checkpoint: String?
    /// The model that it begins with, in words of the caller's; a checkpoint of another one is refused.
    public var start = ""

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

    /// Learns; `progress` is asked after every step, and false ends the training there.
    ///
    /// - Throws: `TrainingDiverged` when the loss, its gradient or the model is no longer finite; `CheckpointError`, `SafeTensorsError` for a checkpoint.
    public func run(_ model: inout some NextTokenModel, on text: TextWindows, progress: (Progress) -> Bool) throws {
        var random = SeededRandom(seed: seed)
        var optimizer = AdamW(learningRate: learningRate, beta2: 0.99, decay: .matrices(decay))
        let rising = min(warmUp, steps / 10)
        let schedule = Schedule.cosine(learningRate, to: learningRate / 10, over: steps - rising).warmedUp(over: rising)
        let file = checkpoint.map { CheckpointFile($0, of: fingerprint(text)) }
        try file?.read()?.restore(&model, &optimizer, &random)
        while optimizer.state.steps < steps {
            let step = optimizer.state.steps
            let windows = text.batch(of: batch, using: &random)
            let (loss, gradient) = valueAndGradient(at: model) { crossEntropy($0(windows.inputs), windows.labels) }
            optimizer.learningRate = schedule.rate(at: step)
            try optimizer.update(&model, along: gradient, of: loss, clippedTo: 1)
            let goesOn = progress(Progress(step: step + 1, loss: loss))
            if !goesOn || CheckpointFile.isDue(after: step + 1, of: steps) { try file?.write(model, optimizer, random) }
            guard goesOn else { break }
        }
        guard model.isFinite else { throw TrainingDiverged(at: "step \(optimizer.state.steps)") }
    }

    private func fingerprint(_ text: TextWindows) -> String {
        "language \(start) \(steps) \(batch) \(learningRate) \(warmUp) \(decay) \(seed) \(text.length) \(text.fingerprint)"
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
