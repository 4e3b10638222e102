/// The tokens around a text and those that end a generation.
package struct Specials: Sendable {
    /// The first token of a text (BOS), if the model has one.
    package var begin: Token?
    /// What `addSpecial` puts before a text.
    package var prefix: [Token] = []
    /// What `addSpecial` puts after a text.
    package var suffix: [Token] = []
    /// Every token that ends a generation.
    package var ends: Set<Token> = []
    /// What an unknown piece becomes, if the model has one.
    package var unknown: Token?

    package init() {}

    /// Texts of tokens that end a generation whatever the metadata says, as llama.cpp has them: many files name one and mean several.
    static let endTexts: Set<String> = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>", "</s>",
        "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
        "<｜end▁of▁sentence｜>", "[e~[",
    ]

    /// Texts of fill-in-the-middle tokens that end a generation too.
    static let fillTexts: [[String]] = [
        ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"],
        ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"],
        ["<|file_sep|>"],
    ]

    /// Texts that gpt-oss models write as part of an answer.
    static let shownTexts = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"]

    /// Adds the end tokens a vocabulary has by their texts, and corrects what kind those tokens are.
    mutating func findEnds(in vocabulary: inout Vocabulary, fillTokens: [Token?] = [nil, nil, nil]) {
        for (known, texts) in zip(fillTokens, Self.fillTexts) {
            guard let token = known ?? texts.compactMap({ vocabulary.id($0) }).first else { continue }
            ends.insert(token)
            if known == nil { vocabulary.setKind(.control, of: token) }
        }
        for text in Self.endTexts {
            guard let token = vocabulary.id(text) else { continue }
            ends.insert(token)
            vocabulary.setKind(.control, of: token)
        }
        for text in Self.shownTexts {
            if let token = vocabulary.id(text) { vocabulary.setKind(.userDefined, of: token) }
        }
        dropMisread(&vocabulary)
    }

    /// `<|end|>` ends a message, not the answer, where there are tokens that end the answer; `</s>` is plain text in some vocabularies.
    private mutating func dropMisread(_ vocabulary: inout Vocabulary) {
        func has(_ text: String) -> Bool { vocabulary.id(text).map(ends.contains) ?? false }
        let calls = has("<|call|>") || has("<|calls|>")
        if calls && (has("<|return|>") || has("<|flush|>")), let end = vocabulary.id("<|end|>") {
            ends.remove(end)
            vocabulary.setKind(.userDefined, of: end)
        }
        if has("<|tool_response>") || has("<|plamo:eos|>"), let end = vocabulary.id("</s>") {
            ends.remove(end)
            vocabulary.setKind(.normal, of: end)
        }
    }
}
