import Foundation
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresTensor

/// The training of a translator or of word vectors, in the child: it reads the text, learns, and writes file and card.
///
/// Both write their checkpoints themselves, a translator after every epoch, word vectors after every twentieth part: what is stopped or
/// killed begins there again.
struct TextTraining {
    private let recipe: TextRecipe
    private let order: TrainingOrder
    private let code: String
    private let data: String

    init(_ recipe: TextRecipe, _ order: TrainingOrder, code: String) throws {
        (self.recipe, self.order, self.code) = (recipe, order, code)
        guard let file = order.dataFile(recipe.file) else { throw JobError(.badRecipe, "the recipe names no 'data.file'") }
        data = file
    }

    private var checkpoint: String { order.output + "/checkpoint.safetensors" }

    /// What came of it.
    private struct Learnt {
        let kind: ModelVersion.Kind
        let summary: String
        let metrics: JSON
        let write: (_ path: String) throws -> Void
    }

    /// Learns; the result is the last event.
    func run(shouldStop: @escaping () -> Bool, tell: @escaping (TrainingEvent) -> Void) throws -> TrainingEvent {
        let hash = try TrainingWorker.digest(data)
        var course = TextCourse(in: order, checkpoint: checkpoint, shouldStop, tell)
        do {
            let learnt =
                switch recipe.task {
                case .translator(let training): try translator(training, &course)
                case .words(let learning): try vectors(learning, &course)
                }
            let card = card(learnt, hash)
            try keep(learnt, card, course)
            return .finished(card: card)
        } catch is CancellationError {
            return .stopped
        }
    }

    private func translator(_ recipe: TranslatorTraining, _ course: inout TextCourse) throws -> Learnt {
        var (training, epoch) = (recipe, EpochLoss())
        training.checkpoint = checkpoint
        let pairs = try TextPairs(contentsOf: data)
        course.begin()
        let translator = try training.run(on: pairs) { progress in
            let perEpoch = progress.steps / training.epochs, loss = epoch.take(progress.loss, step: progress.step, of: perEpoch)
            try course.reach(
                TrainingProgress(
                    epoch: progress.step / perEpoch, epochs: training.epochs, step: progress.step, steps: progress.steps, loss: loss))
            return true
        }
        let metrics: JSON = translator.exact.map { ["validation": ["exact": .double($0 / 100)]] } ?? [:]
        return Learnt(kind: .translator, summary: training.summary(of: pairs), metrics: metrics) { try translator.write(to: $0) }
    }

    /// A step is a word of the text.
    private func vectors(_ learning: WordLearning, _ course: inout TextCourse) throws -> Learnt {
        let settings = learning.settings
        let text = try TrainingText(
            contentsOf: data, unit: learning.unit, lowercases: learning.lowercases, minimumCount: learning.minimumCount)
        course.begin()
        var loss: Float = .nan
        let vectors = try WordVectorTrainer(text, settings).train(checkpoint: checkpoint) { progress in
            loss = progress.loss
            try course.reach(
                TrainingProgress(
                    epoch: progress.words * settings.epochs / max(1, progress.total), epochs: settings.epochs, step: progress.words,
                    steps: progress.total, loss: loss))
        }
        let metrics: JSON = loss.isFinite ? ["training": ["loss": .double(Double(loss))]] : [:]
        return Learnt(kind: .words, summary: settings.summary(of: text), metrics: metrics) { try vectors.write(to: $0, as: .safetensors) }
    }

    private func card(_ learnt: Learnt, _ hash: String) -> JSON {
        [
            "format": "lares model card 1", "kind": .string(learnt.kind.rawValue), "code": .string("lares \(code)"),
            "summary": .string(learnt.summary), "data": ["file": recipe.file.map { .string($0) } ?? .null, "sha256": .string(hash)],
            "metrics": learnt.metrics, "recipe": recipe.json,
        ]
    }

    private func keep(_ learnt: Learnt, _ card: JSON, _ course: TextCourse) throws {
        let path = order.output + "/" + learnt.kind.file
        try learnt.write(path)
        do { try course.requireRoom() } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        try WholeFile.write([card.data + [0x0A]], to: order.output + "/card.json")
        course.end()
    }
}

/// The mean loss of an epoch's steps so far.
private struct EpochLoss {
    private var sum: Float = 0
    private var count = 0

    /// Takes the loss of a step, counted from 1; the first of an epoch begins anew.
    mutating func take(_ loss: Float, step: Int, of perEpoch: Int) -> Float {
        if step % perEpoch == 1 || perEpoch == 1 { (sum, count) = (0, 0) }
        (sum, count) = (sum + loss, count + 1)
        return sum / Float(count)
    }
}
