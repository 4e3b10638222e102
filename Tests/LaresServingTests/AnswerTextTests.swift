import LaresLanguage
import LaresServing
import LaresTesting
import Testing

/// A token is a byte.
private struct ByteTokenizer: Tokenizer {
    var vocabularySize: Int { 256 }
    var beginToken: Token? { nil }
    var endTokens: Set<Token> { [] }
    func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] { text.utf8.map { Token($0) } }
    func bytes(of token: Token) -> [UInt8] { [UInt8(truncatingIfNeeded: token)] }
    func isControl(_ token: Token) -> Bool { false }
    func piece(_ token: Token) -> String { "" }
}

@Suite struct AnswerTextTests {
    private func pieces(_ text: String, stops: [String]) -> (pieces: [String], isStopped: Bool) {
        var answer = AnswerText(ByteTokenizer(), stops: stops)
        var pieces: [String] = []
        for token in ByteTokenizer().encode(text, addSpecial: false, parseSpecial: false) {
            pieces.append(answer.append(token, nil).text)
            if answer.isStopped { break }
        }
        pieces.append(answer.finish().text)
        return (pieces.filter { !$0.isEmpty }, answer.isStopped)
    }

    @Test(arguments: [
        ("hello", [], "hello", false), ("hello STOP more", ["STOP"], "hello ", true), ("aab", ["ab"], "a", true),
        ("aaab", ["aab"], "a", true),
        ("abcabd", ["abd"], "abc", true), ("one\n\ntwo", ["\n\n"], "one", true), ("hel", ["hello"], "hel", false),
        ("xyz", ["z", "yz"], "x", true), ("STOP", ["STOP"], "", true), ("日本語です", ["語"], "日本", true),
        ("e\u{301}x", ["é"], "e\u{301}x", false),
    ])
    func anAnswerEndsBeforeAStopText(text: String, stops: [String], shown: String, isStopped: Bool) {
        let result = pieces(text, stops: stops)
        #expect(Array(result.pieces.joined().utf8) == Array(shown.utf8))
        #expect(result.isStopped == isStopped)
    }

    @Test func whatMayBecomeAStopTextIsHeldBack() {
        var answer = AnswerText(ByteTokenizer(), stops: ["STOP"])
        let shown = "xSTAB".utf8.map { answer.append(Token($0), nil).text }
        #expect(shown == ["x", "", "", "STA", "B"])
    }

    @Test func charactersAreNeverBroken() {
        #expect(pieces("héllo 👋🏽", stops: ["zzz"]).pieces.allSatisfy { !$0.contains("\u{fffd}") })
        var answer = AnswerText(ByteTokenizer(), stops: [])
        #expect(answer.append(0xe6, nil).text.isEmpty)
        #expect(answer.finish().text == "\u{fffd}")
    }

    @Test func logProbabilitiesComeWithTheirTextAndNotWithWhatWasCut() {
        func note(_ token: Token) -> TokenLogProbability { .init(chosen: .init(token: token, text: "", bytes: [], logProbability: -1)) }
        var answer = AnswerText(ByteTokenizer(), stops: ["END"])
        var tokens: [Token] = []
        for byte in "aEbEND".utf8 { tokens += answer.append(Token(byte), note(Token(byte))).logProbabilities.map(\.chosen.token) }
        tokens += answer.finish().logProbabilities.map(\.chosen.token)
        #expect(tokens == "aEb".utf8.map { Token($0) })
    }

    /// However the stop text is cut into tokens, what is shown is the text before it.
    @Test(arguments: 1...100)
    func anyTextIsCutAtItsFirstStop(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        func word(_ lengths: ClosedRange<Int>) -> String {
            String((0..<Int.random(in: lengths, using: &random)).map { _ in "abc".randomElement(using: &random) ?? "a" })
        }
        let text = word(0...60)
        let stops = (0..<3).map { _ in word(1...4) }
        let expected = cut(text, at: stops)
        let result = pieces(text, stops: stops)
        #expect(result.pieces.joined() == expected.text, "seed \(seed)")
        #expect(result.isStopped == expected.isStopped, "seed \(seed)")
    }

    /// The stop text that is complete first ends the answer, the longest when several are; one that begins earlier but ends later does not.
    private func cut(_ text: String, at stops: [String]) -> (text: String, isStopped: Bool) {
        for end in text.indices.dropFirst() + [text.endIndex] {
            let complete = stops.filter { text[..<end].hasSuffix($0) }
            if let longest = complete.map(\.count).max() { return (String(text[..<end].dropLast(longest)), true) }
        }
        return (text, false)
    }
}
