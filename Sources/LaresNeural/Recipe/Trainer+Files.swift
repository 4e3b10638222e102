import Glibc
import LaresJSON
import LaresTensor

extension Trainer {
    private var checkpointPath: String { place.output("checkpoint.safetensors") }

    func writeCheckpoint() throws {
        let notes = ["recipe": recipe.json.serialized, "data": place.dataDigest, "history": history.json.serialized]
        try write(optimizer, notes)
    }

    private func write(_ optimizer: some Optimizer, _ notes: [String: String]) throws {
        try Checkpoint(network, optimizer, random, notes: notes).write(to: checkpointPath)
    }

    /// Goes on from a checkpoint; one of another recipe or other data is refused, so that nothing is lost by mistake.
    mutating func resume() throws {
        guard access(checkpointPath, F_OK) == 0 else { return }
        let checkpoint = try Checkpoint(contentsOf: checkpointPath)
        guard checkpoint.notes["recipe"] == recipe.json.serialized, checkpoint.notes["data"] == place.dataDigest else {
            throw RecipeError(
                .otherTraining,
                "'\(checkpointPath)' belongs to another recipe or other data: remove it to begin anew, or choose another folder")
        }
        do {
            history = try TrainingHistory(JSON(parsing: Array((checkpoint.notes["history"] ?? "").utf8)), recipe)
        } catch {
            throw RecipeError(.otherTraining, "'\(checkpointPath)' is damaged: \(error): remove it to begin anew")
        }
        var optimizer = optimizer
        try restore(checkpoint, &optimizer)
        self.optimizer = optimizer
    }

    private mutating func restore(_ checkpoint: Checkpoint, _ optimizer: inout some Optimizer) throws {
        try checkpoint.restore(&network, &optimizer, &random)
    }

    /// Writes network and card, then removes what only a training under way needs.
    mutating func finish() throws -> JSON {
        if history.best != nil { network = try Network(contentsOf: place.output("best.safetensors")) }
        let card = try card()
        try network.write(to: place.output("network.safetensors"))
        try writeText(card.serialized + "\n", to: place.output("card.json"))
        for file in ["checkpoint.safetensors", "best.safetensors"] { unlink(place.output(file)) }
        return card
    }

    private func card() throws -> JSON {
        var metrics = JSON.Members()
        metrics.append("training", try data.metrics(network, data.all, data.training, recipe).json)
        if !data.validation.isEmpty { metrics.append("validation", try data.metrics(network, data.all, data.validation, recipe).json) }
        if let test = data.test {
            metrics.append("test", try data.metrics(network, test, Array(0..<test.count), recipe).json)
        } else if !data.testing.isEmpty {
            metrics.append("test", try data.metrics(network, data.all, data.testing, recipe).json)
        }
        let rows: JSON = [
            "training": .int(data.training.count), "validation": .int(data.validation.count),
            "test": .int(data.test?.count ?? data.testing.count), "dropped": .int(data.dropped),
        ]
        return [
            "format": "lares model card 1", "code": .string("lares \(place.code)"),
            "data": ["file": .string(recipe.dataFile), "sha256": .string(place.dataDigest), "rows": rows],
            "parameters": .int(data.plan.parameterCount), "epochs": .int(history.epochs.count), "metrics": .object(metrics),
            "curve": history.json["epochs"] ?? .null, "recipe": recipe.json,
        ]
    }
}

/// Writes a text file: whole, or not at all.
private func writeText(_ text: String, to path: String) throws {
    do { try WholeFile.write([Array(text.utf8)], to: path) } catch { throw RecipeError(.file, error.message) }
}
