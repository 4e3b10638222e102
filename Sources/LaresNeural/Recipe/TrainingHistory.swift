import LaresJSON
import LaresTensor

/// What a training has been through: enough, beside parameters and optimizer, to go on.
struct TrainingHistory: Sendable {
    struct Epoch: Sendable {
        let loss: Float
        let validation: Float?
    }
    private(set) var epochs: [Epoch] = []
    /// Steps of the epoch under way.
    private(set) var step = 0
    /// All steps.
    private(set) var steps = 0
    private var sum = 0.0
    private var stopping: EarlyStopping?
    private(set) var hasStopped = false
    /// The epoch, from 1, whose network was kept as the best so far.
    private(set) var best: Int?

    var mean: Float { step > 0 ? Float(sum / Double(step)) : .nan }

    func isOver(_ recipe: Recipe) -> Bool { hasStopped }

    mutating func take(_ loss: Float) {
        sum += Double(loss)
        (step, steps) = (step + 1, steps + 1)
    }

    /// Ends an epoch, and says whether the network is the best so far.
    mutating func endEpoch(_ validation: Float?, _ recipe: Recipe) -> Bool {
        let epoch = Epoch(loss: mean, validation: validation)
        (step, sum) = (0, 0)
        return append(epoch, recipe)
    }

    private mutating func append(_ epoch: Epoch, _ recipe: Recipe) -> Bool {
        epochs.append(epoch)
        guard let validation = epoch.validation, let patience = recipe.patience else { return false }
        var looking = stopping ?? EarlyStopping(patience: patience, margin: recipe.margin)
        let decision = looking.look(validation)
        stopping = looking
        hasStopped = decision == .stop
        if decision == .better { best = epochs.count }
        return decision == .better
    }

    init() {}

    /// As text: 32-bit floats by their shortest digits, which read back to the same bits.
    var json: JSON {
        [
            "step": .int(step), "steps": .int(steps), "sum": .double(sum),
            "epochs": .array(
                epochs.map { ["loss": .double(Double($0.loss)), "validation": $0.validation.map { .double(Double($0)) } ?? .null] }),
        ]
    }

    /// Reads what `json` wrote; early stopping looks at it all again. Throws `JSONError`.
    init(_ json: JSON, _ recipe: Recipe) throws(JSONError) {
        var fields = try JSONFields(json, at: "history")
        step = try fields.int("step", in: 0...(.max)) ?? 0
        steps = try fields.int("steps", in: 0...(.max)) ?? 0
        sum = try fields.double("sum", in: -1e300...1e300) ?? 0
        for var epoch in try fields.objects("epochs") ?? [] {
            let loss = try epoch.double("loss", in: -1e38...1e38), validation = try epoch.double("validation", in: -1e38...1e38)
            _ = append(Epoch(loss: Float(loss ?? 0), validation: validation.map { Float($0) }), recipe)
        }
    }
}
