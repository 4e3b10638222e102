import Glibc
import LaresJSON
import LaresTensor

extension Trainer {
    private var checkpointPath: String { place.output(TrainingPlace.checkpoint) }

    func writeCheckpoint() throws {
        var notes = ["recipe": recipe.json.serialized, "data": place.dataDigest, "history": history.json.serialized]
        (notes["test"], notes["batches"]) = (place.testDigest, mixture?.state.description)
        try write(optimizer, notes)
    }

    private func write(_ optimizer: some Optimizer, _ notes: [String: String]) throws {
        let checkpoint = Checkpoint(network, optimizer, random, notes: notes)
        try place.write(TrainingPlace.checkpoint) { try checkpoint.write(to: $0, atMost: $1) }
    }

    func write(best: Network) throws { try place.write(TrainingPlace.best) { try best.write(to: $0, atMost: $1) } }

    /// Goes on from a checkpoint; one of another recipe or other data is refused, so that nothing is lost by mistake.
    mutating func resume() throws {
        guard access(checkpointPath, F_OK) == 0 else { return }
        let checkpoint = try whole(checkpointPath) { try Checkpoint(contentsOf: $0) }
        guard isOfThis(checkpoint.notes) else {
            throw RecipeError(
                .otherTraining,
                "'\(checkpointPath)' belongs to another recipe or other data: remove it to begin anew, or choose another folder")
        }
        do {
            history = try TrainingHistory(JSON(parsing: Array((checkpoint.notes["history"] ?? "").utf8)), recipe)
            try mixture?.restore(checkpoint.notes["batches"].flatMap(MixedBatchesState.init))
        } catch {
            throw Self.damaged(checkpointPath, error)
        }
        var optimizer = optimizer
        try restore(checkpoint, &optimizer)
        self.optimizer = optimizer
    }

    /// Earlier versions noted no test file.
    private func isOfThis(_ notes: [String: String]) -> Bool {
        notes["recipe"] == recipe.json.serialized && notes["data"] == place.dataDigest
            && (notes["test"] == nil || notes["test"] == place.testDigest)
    }

    /// Reads one of the training's own files.
    private func whole<Value>(_ path: String, _ read: (String) throws -> Value) throws -> Value {
        do { return try read(path) } catch let error as SafeTensorsError { throw Self.damaged(path, error) }
    }

    private static func damaged(_ path: String, _ error: any Error) -> RecipeError {
        RecipeError(.file, "'\(path)' is cut short or damaged: put back a copy, or remove the checkpoint to begin anew (\(error))")
    }

    private mutating func restore(_ checkpoint: Checkpoint, _ optimizer: inout some Optimizer) throws {
        try checkpoint.restore(&network, &optimizer, &random)
    }

    /// Writes network and card, then removes what only a training under way needs.
    mutating func finish() throws -> JSON {
        if history.best != nil { network = try whole(place.output(TrainingPlace.best)) { try Network(contentsOf: $0) } }
        // Measured as it is kept.
        network = try network.rounded(to: recipe.storage.type)
        let card = try card()
        let text = Array((card.serialized + "\n").utf8)
        try place.write(TrainingPlace.network) { try network.write(to: $0, as: recipe.storage.type, atMost: $1) }
        try place.write(TrainingPlace.card) { try WholeFile.write([text], to: $0, atMost: $1) }
        for file in [TrainingPlace.checkpoint, TrainingPlace.best] { unlink(place.output(file)) }
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
        return [
            "format": "lares model card 1", "code": .string("lares \(place.code)"), "data": dataCard,
            "parameters": .int(data.plan.parameterCount), "epochs": .int(history.epochs.count), "metrics": .object(metrics),
            "curve": history.json["epochs"] ?? .null, "recipe": recipe.json,
        ]
    }

    /// What was learned from and tested with.
    private var dataCard: JSON {
        let files = recipe.dataFiles.joined(separator: ", ")
        var card: JSON.Members = ["file": files.isEmpty ? .null : .string(files), "sha256": .string(place.dataDigest)]
        if let test = place.testDigest { card.append("test_sha256", .string(test)) }
        let rows: JSON = [
            "training": .int(data.training.count), "validation": .int(data.validation.count),
            "test": .int(data.test?.count ?? data.testing.count), "dropped": .int(data.dropped),
        ]
        card.append("rows", rows)
        return .object(card)
    }
}
