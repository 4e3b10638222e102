extension TextMethods {
    /// `str.capitalize`: the first character large, all others small.
    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
    }

    /// `str.title`: the first letter of every run of letters large.
    static func titled(_ text: String) -> String {
        var out = ""
        var inWord = false
        for scalar in text.unicodeScalars {
            out += inWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            inWord = scalar.properties.isCased
        }
        return out
    }

    /// jinja2's filter `title`: only blank space, `-`, `(`, `[`, `{` and `<` end a word.
    static func filterTitled(_ text: String) -> String {
        var out = ""
        var inWord = false
        for scalar in text.unicodeScalars {
            let separates = Whitespace.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
            out += separates ? String(scalar) : inWord ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
            inWord = !separates
        }
        return out
    }

    static func swappedCase(_ text: String) -> String {
        text.unicodeScalars.map { $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping }.joined()
    }
}
