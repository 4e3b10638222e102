import Foundation
import LaresJSON
import LaresLanguage
import LaresNeural
import LaresTensor

/// The training of something from a text, in the child: it reads the text, learns, and writes file and card.
///
/// All write their checkpoints themselves, a translator after every epoch, the others after every twentieth part, language models also
/// when they are stopped: what ended goes on from there.
struct TextTraining {
    let recipe: TextRecipe
    let order: TrainingOrder
    let data: String
    private let code: String

    init(_ recipe: TextRecipe, _ order: TrainingOrder, code: String) throws {
        (self.recipe, self.order, self.code) = (recipe, order, code)
        guard let file = order.dataFile(recipe.file) else { throw JobError(.badRecipe, "the recipe names no 'data.file'") }
        data = file
    }

    var checkpoint: String { order.output + "/checkpoint.safetensors" }

    /// What came of it.
    struct Learnt {
        let file: String
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
                case .language(let learning): try language(learning, &course)
                case .tuning(let tuning): try adapter(tuning, &course)
                }
            let card = card(learnt, hash)
            try keep(learnt, card, course)
            return .finished(card: card)
        } catch is CancellationError {
            return .stopped
        }
    }

    private func translator(_ recipe: TranslatorTraining, _ course: inout TextCourse) throws -> Learnt {
        var training = recipe
        training.checkpoint = checkpoint
        let pairs = try TextPairs(contentsOf: data)
        course.begin()
        let translator = try training.run(on: pairs) { progress in
            try course.step(progress.step, of: progress.steps, epochs: training.epochs, loss: progress.loss)
            return true
        }
        let metrics: JSON = translator.exact.map { ["validation": ["exact": .double($0 / 100)]] } ?? [:]
        return Learnt(file: ModelVersion.Kind.translator.file, summary: training.summary(of: pairs), metrics: metrics) {
            try translator.write(to: $0)
        }
    }

    /// A step is a word of the text.
    private func vectors(_ learning: WordLearning, _ course: inout TextCourse) throws -> Learnt {
        let text = try TrainingText(
            contentsOf: data, unit: learning.unit, lowercases: learning.lowercases, minimumCount: learning.minimumCount)
        let settings = learning.settings(for: text)
        course.begin()
        var loss: Float = .nan
        let vectors = try WordVectorTrainer(text, settings).train(checkpoint: checkpoint) { progress in
            loss = progress.loss
            try course.reach(progress.words, of: progress.total, epochs: settings.epochs, loss: loss)
        }
        let metrics: JSON = loss.isFinite ? ["training": ["log_loss": .double(Double(loss))]] : [:]
        return Learnt(file: ModelVersion.Kind.words.file, summary: settings.summary(of: text), metrics: metrics) {
            try vectors.write(to: $0, as: .safetensors)
        }
    }

    private func card(_ learnt: Learnt, _ hash: String) -> JSON {
        [
            "format": "lares model card 1", "kind": TextRecipe.kind(of: recipe.json).map { .string($0.rawValue) } ?? .null,
            "code": .string("lares \(code)"),
            "summary": .string(learnt.summary), "data": ["file": recipe.file.map { .string($0) } ?? .null, "sha256": .string(hash)],
            "metrics": learnt.metrics, "recipe": recipe.json,
        ]
    }

    private func keep(_ learnt: Learnt, _ card: JSON, _ course: TextCourse) throws {
        let path = order.output + "/" + learnt.file
        try learnt.write(path)
        do { try course.requireRoom() } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        try WholeFile.write([card.data + [0x0A]], to: order.output + "/card.json")
        course.end()
    }
}
