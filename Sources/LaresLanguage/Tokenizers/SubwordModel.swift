/// A part of a word while its pieces are being merged: a token (or -1) and where its text ends.
struct Subword {
    var token: Token
    var end: Int
}

/// What can become of two neighbours; the lowest priority is merged first, the leftmost of equals before the others.
struct Merge {
    var priority: UInt32
    var token: Token

    /// Neighbours that stay apart.
    static let none = Merge(priority: .max, token: -1)
}

/// The part of a tokenizer that is about single words: which pieces they start as and which pieces merge.
protocol SubwordModel: Sendable {
    /// The token of a word that is not to be merged up from its pieces.
    func wholeWord(_ text: [UInt8], _ range: Range<Int>) -> Token?
    /// The pieces a word starts as; their ends are positions in `text`, the last is `range.upperBound`.
    func pieces(_ text: [UInt8], _ range: Range<Int>, into pieces: inout [Subword])
    /// What two neighbours that cover `range` merge to.
    func merge(_ left: Token, _ right: Token, _ text: [UInt8], _ range: Range<Int>) -> Merge
    /// The tokens of a piece that no merge takes further.
    func emit(_ token: Token, _ text: [UInt8], _ range: Range<Int>, into tokens: inout [Token])
}
