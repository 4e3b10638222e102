/// What counts as a word of a text.
public enum WordUnit: String, Sendable, Hashable, CaseIterable {
    /// What stands between spaces, for texts that were cut into words before.
    case spaces
    /// Words by Unicode annex 29, Chinese and its like by dictionary (ICU); punctuation is left out.
    case words
    /// The same, but every Chinese character is a word of its own.
    case characters
}
