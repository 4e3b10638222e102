public import LaresJSON
import LaresTensor

/// How far a training is.
public struct TrainingProgress: Sendable, Hashable {
    /// Epochs that are done, and how many there may be.
    public let epoch: Int, epochs: Int
    /// Steps that are done, and how many there may be.
    public let step: Int, steps: Int
    /// The mean loss of the epoch so far.
    public let loss: Float
    /// The loss on the validation data after the last epoch; nil without any.
    public let validation: Float?
    /// The epoch, from 1, whose network is kept as the best so far; nil where nothing looks for it.
    public let best: Int?

    package init(epoch: Int, epochs: Int, step: Int, steps: Int, loss: Float, validation: Float? = nil, best: Int? = nil) {
        (self.epoch, self.epochs, self.step, self.steps) = (epoch, epochs, step, steps)
        (self.loss, self.validation, self.best) = (loss, validation, best)
    }
}

/// How a training ended.
public enum TrainingResult: Sendable {
    /// The network and its card are in the folder.
    case finished(card: JSON)
    /// It was asked to stop; the same call goes on from the checkpoint.
    case stopped
}

/// Runs a recipe. A training that was stopped, or killed, goes on from its last checkpoint and ends with the same bits.
public struct Trainer {
    let recipe: Recipe
    let place: TrainingPlace
    let data: TrainingData
    var network: Network
    var optimizer: any Optimizer
    var random: SeededRandom
    var history = TrainingHistory()
    /// Where batches come from when several files are mixed.
    var mixture: MixedBatches<RowPlaces>?
    let schedule: Schedule
    let stepsPerEpoch: Int
    private let pace: CheckpointPace
    /// When the last checkpoint of this run was written; nil: none was yet.
    private var savedAt: Duration?
    /// Whether an epoch ended that is in no checkpoint yet.
    private var isBehind = false
    /// The best network so far, where its file is an older one.
    var unwrittenBest: Network?

    /// Reads the data and, where there is one, the checkpoint. Throws ``RecipeError``, `NetworkError`, `CheckpointError`,
    /// `SafeTensorsError`.
    public init(_ recipe: Recipe, at place: TrainingPlace, saving pace: CheckpointPace = CheckpointPace()) throws {
        self.recipe = recipe
        self.pace = pace
        self.place = place
        data = try TrainingData(
            recipe, dataPaths: place.data.map { [$0] } ?? recipe.dataFiles.map(place.path), testPath: recipe.testFile.map(place.path))
        network = Network(data.plan, seed: recipe.seed)
        optimizer = recipe.optimizer.optimizer
        random = SeededRandom(seed: recipe.seed &+ 1)
        stepsPerEpoch = (data.training.count + recipe.batch - 1) / recipe.batch
        schedule = recipe.schedule.schedule(from: recipe.optimizer.rate, steps: recipe.epochs * stepsPerEpoch)
        mixture = data.mixture(recipe, count: recipe.epochs * stepsPerEpoch)
        try resume()
    }

    /// Whether a checkpoint was found.
    public var isResumed: Bool { history.steps > 0 }

    /// Steps that are done.
    public var steps: Int { history.steps }

    /// The losses of the epochs that are done; without validation data the second is nil.
    public var losses: [(training: Float, validation: Float?)] { history.epochs.map { ($0.loss, $0.validation) } }

    /// Trains until the last epoch, until it no longer gets better, or until `shouldStop` says so, which is asked between steps.
    /// Throws ``RecipeError`` when the loss is no longer finite or the disk limit is reached, `SafeTensorsError` when a file can't be written.
    public mutating func run(
        shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
    ) throws -> TrainingResult {
        while history.epochs.count < recipe.epochs, !history.isOver(recipe) {
            let order = order(ofEpoch: history.epochs.count)
            while history.step < stepsPerEpoch {
                if shouldStop() {
                    try save()
                    return .stopped
                }
                try step(order)
                progress(self.progress)
                if let every = recipe.checkpointSteps, history.steps % every == 0 { try save() }
            }
            try endEpoch()
            progress(self.progress)
        }
        // What can't be finished, for want of room say, goes on from its end.
        if isBehind { try save() }
        return .finished(card: try finish())
    }

    /// An epoch's order follows from its number, so that a checkpoint may lie within it.
    private func order(ofEpoch epoch: Int) -> [Int] {
        var random = SeededRandom(seed: recipe.seed &* 1_000_003 &+ UInt64(epoch))
        return data.training.shuffled(using: &random)
    }

    private mutating func step(_ order: [Int]) throws {
        let from = history.step * recipe.batch
        let places = mixture?.next() ?? Array(order[from..<Swift.min(order.count, from + recipe.batch)])
        optimizer.learningRate = schedule.rate(at: history.steps)
        let (data, kind) = (data, recipe.loss)
        var (loss, gradient) = try valueAndGradient(at: network, random: &random) { try data.loss($0, data.all, places, kind) }
        if let clip = recipe.optimizer.clip { gradient = gradient.clipped(toNorm: clip) }
        guard loss.isFinite, gradient.isFinite else {
            throw RecipeError(
                .diverged,
                "the loss is no longer finite at epoch \(history.epochs.count + 1), step \(history.step + 1): lower 'optimizer.rate' or set 'optimizer.clip'"
            )
        }
        update(along: gradient)
        history.take(loss)
    }

    private mutating func update(along gradient: Gradient) { optimizer.update(&network, along: gradient) }

    private mutating func endEpoch() throws {
        let validation = data.validation.isEmpty ? nil : try data.meanLoss(network, data.all, data.validation, recipe.loss)
        let isBest = history.endEpoch(validation, recipe)
        if isBest { unwrittenBest = network }
        isBehind = true
        if savedAt.map({ pace.elapsed() - $0 >= pace.interval }) ?? true { try save() }
    }

    private mutating func save() throws {
        // Before the checkpoint: a resumed run that is behind writes the same file again.
        if let best = unwrittenBest { try write(best: best) }
        unwrittenBest = nil
        try writeCheckpoint()
        (savedAt, isBehind) = (pace.elapsed(), false)
    }

    private var progress: TrainingProgress {
        TrainingProgress(
            epoch: history.epochs.count, epochs: recipe.epochs, step: history.steps, steps: recipe.epochs * stepsPerEpoch,
            loss: history.step > 0 ? history.mean : history.epochs.last?.loss ?? .nan, validation: history.epochs.last?.validation,
            best: history.best)
    }
}
