extension Language {
    /// The value of the `lang` attribute.
    var tag: String { self == .chinese ? "zh-Hans" : rawValue }

    /// The name in this language, whether it was given for "zh-Hans" or for "zh".
    func pick(_ names: [String: String], or name: String) -> String { names[tag] ?? names[rawValue] ?? name }

    /// Its own name for itself.
    var ownName: String { self == .chinese ? "中文" : "English" }

    /// The other one, for the switch in the frame.
    var other: Language { self == .chinese ? .english : .chinese }

    /// Where large counts get a word: a thousand thousands in English, ten thousand in Chinese.
    var largeUnits: (large: Double, larger: Double) { self == .chinese ? (1e4, 1e8) : (1e6, 1e9) }
}
