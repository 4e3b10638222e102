import LaresJSON
import LaresLanguage
import LaresNeural
import LaresTensor

extension TextTraining {
    private typealias Windows = (learnt: TextWindows, unseen: TextWindows)

    /// A small model from nothing, over bytes.
    func language(_ learning: LanguageLearning, _ course: inout TextCourse) throws -> Learnt {
        let (width, layers, heads, steps) = (learning.width, learning.layers, learning.heads, learning.steps)
        let windows = try windows(ByteVocabulary.tokens(of: text()), of: steps.context)
        var random = SeededRandom(seed: steps.seed)
        var model = CausalTransformer(
            .init(vocabulary: ByteVocabulary.count, width: width, layers: layers, heads: heads, context: steps.context), using: &random)
        let training = steps.training(from: "\(width) \(layers) \(heads)", checkpoint: checkpoint)
        let metrics = try learn(&model, training, windows, &course)
        var values = ByteVocabulary.values
        values["general.name"] = .string(recipe.name ?? "language")
        let contents = model.contents(values)
        return Learnt(file: TrainedFile.model, summary: "\(layers) layers of width \(width), \(steps.count) steps", metrics: metrics) {
            try contents.write(to: $0)
        }
    }

    /// An adapter for a model of the store.
    func adapter(_ tuning: LanguageTuning, _ course: inout TextCourse) throws -> Learnt {
        guard let base = order.base else { throw JobError(.badRecipe, "the file of the model '\(tuning.model)' isn't named") }
        let file = try GGUFFile(contentsOf: base), steps = tuning.steps
        let network = try CausalTransformer(file)
        let tokens = try makeTokenizer(from: file.metadata).encode(text(), addSpecial: false, parseSpecial: false)
        let windows = try windows(tokens, of: min(steps.context, network.size.context))
        var random = SeededRandom(seed: steps.seed)
        var tuned = AdaptedTransformer(
            network, LowRankAdapter(network, rank: tuning.rank, alpha: 2 * Float(tuning.rank), using: &random))
        // A file of the store is called by its digest.
        var training = steps.training(from: "\(tuning.rank) \(base.split(separator: "/").last ?? "")", checkpoint: checkpoint)
        training.decay = 0
        let metrics = try learn(&tuned, training, windows, &course)
        let contents = tuned.adapter.contents
        return Learnt(
            file: TrainedFile.adapter, summary: "rank \(tuning.rank) for \(tuning.model), \(steps.count) steps", metrics: metrics
        ) { try contents.write(to: $0) }
    }

    private func text() throws -> String {
        let file = try MappedFile(path: data)
        guard let text = withExtendedLifetime(file, { String(validating: file.bytes, as: UTF8.self) }) else {
            throw JobError(.badData, "'\(data)' is not UTF-8 text: save it as UTF-8")
        }
        return text
    }

    /// Nine tenths to learn, the rest to look at.
    private func windows(_ tokens: [Int32], of length: Int) throws -> Windows {
        let cut = tokens.count * 9 / 10
        guard tokens.count - cut > length else {
            throw JobError(
                .badData,
                "'\(data)' is too short: it has \(tokens.count) tokens, a context of \(length) needs \(10 * length + 10); give a longer "
                    + "text or a smaller 'context'")
        }
        return (TextWindows(Array(tokens[..<cut]), of: length), TextWindows(Array(tokens[cut...]), of: length))
    }

    /// Trains, a hundredth of the steps as an epoch, and scores on the text that it hasn't seen.
    private func learn(
        _ model: inout some NextTokenModel, _ training: LanguageTraining, _ windows: Windows, _ course: inout TextCourse
    ) throws -> JSON {
        var fault: (any Error)?
        course.begin()
        try training.run(&model, on: windows.learnt) { progress in
            do { try course.step(progress.step, of: training.steps, epochs: min(100, training.steps), loss: progress.loss) } catch {
                fault = error
            }
            return fault == nil
        }
        if let fault { throw fault }
        let loss = model.loss(on: windows.unseen, batches: 20, of: training.batch)
        return ["validation": ["log_loss": .double(Double(loss))]]
    }
}
