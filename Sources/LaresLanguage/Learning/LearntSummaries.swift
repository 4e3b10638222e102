extension TranslatorTraining {
    /// What it makes of pairs, in a few words for a model card.
    public func summary(of pairs: TextPairs) -> String {
        "\(form.cell.rawValue) of width \(form.width) over \(form.unit.rawValue), learnt from \(pairs.pairs.count) pairs"
    }
}

extension WordVectorSettings {
    /// What it makes of a text, in a few words for a model card.
    public func summary(of text: TrainingText) -> String {
        "\(architecture.rawValue), \(dimensions) numbers for each of \(text.words.count) words, learnt from \(text.wordCount)"
    }
}
