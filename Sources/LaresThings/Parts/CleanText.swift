/// Texts of strangers, made fit to be shown: bounded, without control characters and what turns or hides letters.
enum CleanText {
    /// The text without what can't be shown, at most so many characters; itself where there is nothing to remove.
    static func text(_ text: String, limit: Int) -> String {
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(8 * limit) where isShown(scalar) { kept.append(scalar) }
        let clean = String(kept)
        return clean.count <= limit ? clean : String(clean.prefix(limit))
    }

    /// The same without blank space around it; nil if nothing is left.
    static func name(_ text: String, limit: Int = 200) -> String? {
        let clean = self.text(text, limit: limit).trimmed
        return clean.isEmpty ? nil : clean
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        // Joiners make some scripts' letters and emoji; marks of direction and the others of this kind only deceive.
        case .format: scalar.value == 0x200C || scalar.value == 0x200D
        default: true
        }
    }
}
