import LaresNeural
import LaresTensor

/// The training of one network.
struct NeuralTraining {
    private let settings: NeuralSettings
    private let source: WindowSource
    private let training: WindowPlaces
    private let held: [Int]
    private let heldPlaces: WindowPlaces
    private var network: SpaceTimeNetwork
    /// The mean of the networks of the last steps, older ones counting less: steps are noisy, their mean isn't (Polyak & Juditsky 1992).
    private var mean: SpaceTimeNetwork
    private var random: SeededRandom
    private var optimizer: Adam
    private let schedule: Schedule
    private var step = 0

    init(
        _ plan: SpaceTimePlan, _ settings: NeuralSettings, _ source: WindowSource, _ training: WindowPlaces, _ held: WindowPlaces,
        shortcut: Linear, seed: UInt64
    ) {
        (self.settings, self.source, self.training, heldPlaces) = (settings, source, training, held)
        self.held = held.spread(settings.validationWindows)
        random = SeededRandom(seed: seed)
        network = SpaceTimeNetwork(plan, shortcut: shortcut, using: &random)
        mean = network
        optimizer = Adam(
            learningRate: settings.rate,
            decay: WeightDecay(settings.decay) { name, shape in shape.count >= 2 && !name.hasPrefix("shortcut") })
        let steps = (min(training.count, settings.epochWindows) + settings.batch - 1) / settings.batch
        let warming = min(100, steps)
        schedule = Schedule.cosine(settings.rate, to: settings.rate / 100, over: max(1, steps * settings.epochs - warming))
            .warmedUp(over: warming)
    }

    /// The network that did best on what it doesn't learn from; without such windows the last one.
    mutating func run(_ progress: (Int, Float, Float) -> Void) throws -> SpaceTimeNetwork {
        var stopping = EarlyStopping(patience: settings.patience)
        var best = mean
        for epoch in 0..<settings.epochs {
            let loss = learnEpoch()
            guard loss.isFinite else {
                throw ForecastError(.badSetting, "the training diverged in epoch \(epoch + 1): lower the rate, which is \(settings.rate)")
            }
            let error = held.isEmpty ? loss : heldError()
            progress(epoch, loss, error)
            let decision = stopping.look(error)
            if decision == .better || held.isEmpty { best = mean }
            if decision == .stop, !held.isEmpty { break }
        }
        return best
    }

    private mutating func learnEpoch() -> Float {
        let count = min(training.count, settings.epochWindows)
        let order =
            count == training.count
            ? (0..<count).shuffled(using: &random) : (0..<count).map { _ in Int.random(in: 0..<training.count, using: &random) }
        var (sum, steps) = (Float(0), Float(0))
        for from in stride(from: 0, to: count, by: settings.batch) {
            sum += learn(order[from..<min(count, from + settings.batch)].map { training[$0] })
            steps += 1
        }
        return sum / steps
    }

    private mutating func learn(_ places: [(series: Int, origin: Int)]) -> Float {
        let batch = source.batch(places), targets = source.targets(places, batch)
        let (loss, gradient) = valueAndGradient(at: network, random: &random) { NeuralTraining.loss($0(batch), targets) }
        optimizer.learningRate = schedule.rate(at: step)
        optimizer.update(&network, along: gradient.clipped(toNorm: 5))
        step += 1
        addToMean()
        return loss
    }

    /// The share of what is new falls to 1/200: about the steps of an epoch on which a mean is taken.
    private mutating func addToMean() {
        let share = max(1 / Float(step + 1), 1 / 200)
        var now: [Tensor] = []
        network.forEachParameter { _, parameter in now.append(parameter) }
        var place = 0
        mean.forEachParameter { _, parameter in
            parameter = parameter * (1 - share) + now[place] * share
            place += 1
        }
    }

    private func heldError() -> Float {
        var (sum, count) = (Double(0), 0.0)
        for from in stride(from: 0, to: held.count, by: 1024) {
            let places = held[from..<min(held.count, from + 1024)].map { heldPlaces[$0] }
            let batch = source.batch(places)
            sum += Double(NeuralTraining.loss(mean(batch), source.targets(places, batch)).scalar) * Double(places.count)
            count += Double(places.count)
        }
        return Float(sum / count)
    }

    /// The mean squared error of the values that came.
    private static func loss(_ ahead: Tensor, _ targets: WindowTargets) -> Tensor {
        guard let weights = targets.weights else { return meanSquaredError(ahead, targets.values) }
        return (square(ahead - targets.values) * weights).sum() / max(1, weights.sum().scalar)
    }
}
