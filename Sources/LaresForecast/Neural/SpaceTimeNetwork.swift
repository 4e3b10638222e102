import LaresNeural
import LaresTensor

/// A perceptron that is told which series it sees and when (STID; Shao et al., arXiv 2208.05233): one network for all series.
///
/// Windows, and what is known beforehand, are mapped to `width` numbers; the vectors of the series, the time of day and the weekday stand beside
/// them; blocks x + f(x) follow, and a map to the horizon. A linear map of the window is added, which isn't trained: it is the ridge regression's,
/// so that the network learns what isn't linear, and what differs from series to series and from hour to hour.
struct SpaceTimeNetwork: Module {
    var input: Linear
    var series: Embedding?
    var slot: Embedding
    var weekday: Embedding
    var blocks: [SpaceTimeBlock]
    var output: Linear
    var shortcut: Linear

    /// - Parameter shortcut: The linear map that is added; its bias is learnt further.
    init(_ plan: SpaceTimePlan, shortcut: Linear, using random: inout SeededRandom) {
        input = Linear(plan.lookback + plan.knownInputs, plan.width, using: &random)
        series = plan.seriesCount > 1 ? Embedding(plan.seriesCount, plan.embedding, deviation: 0.1, using: &random) : nil
        slot = Embedding(plan.slots, plan.embedding, deviation: 0.1, using: &random)
        weekday = Embedding(7, plan.embedding, deviation: 0.1, using: &random)
        let width = plan.blockWidth
        blocks = (0..<plan.depth).map { _ in SpaceTimeBlock(width, dropout: plan.dropout, using: &random) }
        output = Linear(width, plan.horizon, using: &random)
        // Starts as the linear map alone.
        output.weight = .zeros([width, plan.horizon])
        output.bias = shortcut.bias ?? .zeros([plan.horizon])
        self.shortcut = Linear(shortcut.weight)
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("input", &input)
        if var present = series {
            visitor.visit("series", &present)
            series = present
        }
        visitor.visit("slot", &slot)
        visitor.visit("weekday", &weekday)
        visitor.visit("blocks", &blocks)
        visitor.visit("output", &output)
        visitor.visit("shortcut", &shortcut)
    }

    /// `[n, horizon]`, as the windows are centred.
    func callAsFunction(_ batch: WindowBatch) -> Tensor {
        let seen = batch.known.map { concatenated([batch.windows, $0], along: 1) } ?? batch.windows
        var parts = [input(seen), slot(batch.slots), weekday(batch.weekdays)]
        if let series { parts.append(series(batch.series)) }
        var x = concatenated(parts, along: 1)
        for block in blocks { x = block(x) }
        return output(x) + linear(batch.windows, shortcut.weight.detached, nil)
    }
}

/// x + W₂ dropout(relu(W₁ x)).
struct SpaceTimeBlock: Layer {
    var first: Linear
    var dropout: Dropout
    var second: Linear

    init(first: Linear, dropout: Dropout, second: Linear) { (self.first, self.dropout, self.second) = (first, dropout, second) }

    init(_ width: Int, dropout: Float, using random: inout SeededRandom) {
        first = Linear(width, width, using: &random)
        self.dropout = Dropout(dropout)
        second = Linear(width, width, using: &random)
    }

    mutating func visit(_ visitor: inout some ParameterVisitor) {
        visitor.visit("first", &first)
        visitor.visit("dropout", &dropout)
        visitor.visit("second", &second)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { x + second(dropout(first(x, then: .relu))) }
}

/// Sizes of a network.
struct SpaceTimePlan: Sendable, Hashable {
    var lookback: Int, horizon: Int
    var seriesCount: Int
    /// Times of day that are told apart.
    var slots: Int
    /// Covariates, each known over the look-back and the horizon.
    var covariates: Int
    var width: Int, embedding: Int, depth: Int
    var dropout: Float

    var knownInputs: Int { covariates * (lookback + horizon) }
    var blockWidth: Int { width + embedding * (seriesCount > 1 ? 3 : 2) }
}
