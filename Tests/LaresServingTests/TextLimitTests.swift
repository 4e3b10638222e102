import LaresLanguage
import LaresServing
import Testing

@Suite struct TextLimitTests {
    /// Tokens 0…9 have one byte, token 10 has four, token 11 steers the model and is written with six.
    private struct FewTokens: Tokenizer {
        var control = false
        var vocabularySize: Int { control ? 12 : 11 }
        var beginToken: Token? { nil }
        var endTokens: Set<Token> { [] }
        func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] { [] }
        func bytes(of token: Token) -> [UInt8] { token == 11 ? [] : [UInt8](repeating: 97, count: token == 10 ? 4 : 1) }
        func isControl(_ token: Token) -> Bool { token == 11 }
        func piece(_ token: Token) -> String { "<|end>" }
    }

    private func refusal(_ texts: [String], slack: Int = 1, control: Bool = false) -> ServingError? {
        do {
            try TextLimit(FewTokens(control: control), context: 10).check(texts, slack: slack, what: "the prompt", param: "prompt")
            return nil
        } catch {
            return error
        }
    }

    @Test func whatCannotFitIsRefusedWithTheNumbers() {
        #expect(refusal([String(repeating: "a", count: 40)]) == nil)
        let error = refusal([String(repeating: "a", count: 20), String(repeating: "b", count: 25)])
        #expect(error?.code == .contextTooLong && error?.param == "prompt")
        #expect(error?.message == "the context of this model is 10 tokens; the prompt has 45 bytes, at least 12 tokens: shorten it")
    }

    @Test func whatMightFitIsLetPass() {
        #expect(refusal([String(repeating: "a", count: 60)], control: true) == nil)
        #expect(refusal([String(repeating: "a", count: 80)], slack: 2) == nil)
        // Decomposed Hangul: nine bytes that become three.
        #expect(refusal([String(repeating: "\u{1112}\u{1161}\u{11ab}", count: 13)]) == nil)
        #expect(refusal([String(repeating: "\u{1112}\u{1161}\u{11ab}", count: 14)]) != nil)
    }
}
