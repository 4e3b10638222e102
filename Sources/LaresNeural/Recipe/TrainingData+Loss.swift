import LaresTensor

extension TrainingData {
    private static let chunk = 1024

    /// Batches of several files, where the recipe names them and no other data came along.
    func mixture(_ recipe: Recipe, count: Int) -> MixedBatches<RowPlaces>? {
        guard sources.count > 1 else { return nil }
        return MixedBatches(
            sources, weights: recipe.source.parts.map(\.weight), of: recipe.batch, count: count,
            random: SeededRandom(seed: recipe.seed &+ 2))
    }

    /// The numbers that meet the target, for some samples.
    private func answers(_ network: Network, _ samples: Samples, _ places: [Int]) throws(NetworkError) -> Tensor {
        try network.values(of: [learn], given: samples.prepared.mapValues { $0.rows(places) })[0].tensor
    }

    /// The mean loss of some samples.
    func loss(_ network: Network, _ samples: Samples, _ places: [Int], _ loss: LossOptions) throws -> Tensor {
        let y = try answers(network, samples, places)
        if loss.name == .crossEntropy {
            return crossEntropy(y, Indices(places.map { samples.labels[$0] }, [places.count]), smoothing: loss.smoothing)
        }
        let (mean, deviation) = (target?.mean[0] ?? 0, target?.deviation[0] ?? 1)
        let wanted = Tensor(places.map { (samples.numbers[$0] - mean) / deviation }, [places.count, 1])
        return switch loss.name {
        case .absolute: meanAbsoluteError(y, wanted)
        case .huber: huberLoss(y, wanted, delta: loss.delta)
        case .quantile: quantileLoss(y, wanted, quantile: loss.quantile)
        case .squared, .crossEntropy: meanSquaredError(y, wanted)
        }
    }

    /// The mean loss of many samples, part by part.
    func meanLoss(_ network: Network, _ samples: Samples, _ places: [Int], _ kind: LossOptions) throws -> Float {
        var sum = 0.0
        try forChunks(places) { sum += Double(try loss(network, samples, $0, kind).scalar) * Double($0.count) }
        return Float(sum / Double(max(1, places.count)))
    }

    func metrics(_ network: Network, _ samples: Samples, _ places: [Int], _ recipe: Recipe) throws -> Metrics {
        var numbers: [Float] = []
        try forChunks(places) { places in
            let y = try answers(network, samples, places)
            numbers += (recipe.target.kind == .class ? softmax(y) : y).array
        }
        if recipe.target.kind == .class {
            return Metrics(probabilities: numbers, classes: labels.count, labels: places.map { samples.labels[$0] })
        }
        let (mean, deviation) = (target?.mean[0] ?? 0, target?.deviation[0] ?? 1)
        return Metrics(predictions: numbers.map { $0 * deviation + mean }, targets: places.map { samples.numbers[$0] })
    }

    private func forChunks(_ places: [Int], _ body: ([Int]) throws -> Void) throws {
        for from in stride(from: 0, to: places.count, by: TrainingData.chunk) {
            try body(Array(places[from..<Swift.min(places.count, from + TrainingData.chunk)]))
        }
    }
}
