import LaresLanguage
import LaresTemplates
import Testing

struct ToolCallGrammarTests {
    private static let light = #"{"type":"object","properties":{"on":{"type":"boolean"}},"required":["on"],"additionalProperties":false}"#
    private static let list =
        ##"{"type":"object","properties":{"n":{"type":"array","items":{"$ref":"#/$defs/n"},"minItems":40}},"##
        + #""required":["n"],"additionalProperties":false,"$defs":{"n":{"type":"integer","minimum":1,"maximum":9}}}"#

    private func grammar(_ content: ContentBesideCalls, isParallel: Bool = true) throws -> Grammar {
        try Grammar(
            tools: [
                CallableTool(name: "light", arguments: Grammar(jsonSchema: Self.light)),
                CallableTool(name: "list", arguments: Grammar(jsonSchema: Self.list)),
            ], beside: content, isParallel: isParallel)
    }

    private let call = ToolCallFormat.text(name: "light", arguments: #"{"on": true}"#)
    private let other = ToolCallFormat.text(
        name: "list", arguments: #"{"n": [\#(Array(repeating: "7", count: 40).joined(separator: ", "))]}"#)

    @Test func requiredCallsAreCallsFromTheFirstCharacter() throws {
        let grammar = try grammar(.none)
        for text in [call, other, call + "\n" + call, call + "\n" + other] { #expect(accepts(grammar, text), "\(text)") }
        for text in ["", "Hello", "Hello" + call, call + call, call + "\n", call + " "] { #expect(!accepts(grammar, text), "\(text)") }
        let short = ToolCallFormat.text(name: "list", arguments: #"{"n": [7]}"#)
        let unknown = ToolCallFormat.text(name: "lights", arguments: "{}")
        let mixed = ToolCallFormat.text(name: "light", arguments: #"{"n": [1]}"#)
        for text in [short, unknown, mixed] { #expect(!accepts(grammar, text), "\(text)") }
    }

    @Test func oneCallIsOne() throws {
        let grammar = try grammar(.none, isParallel: false)
        #expect(accepts(grammar, call) && !accepts(grammar, call + "\n" + call))
        var matcher = GrammarMatcher(grammar, bytesVocabulary)
        let beginning = matcher.accept(bytes: call.dropLast().utf8)
        #expect(beginning)
        #expect(!matcher.isOver)
        let rest = matcher.accept(bytes: ">".utf8)
        #expect(rest)
        #expect(matcher.isOver && matcher.isComplete)
    }

    @Test func textIsFreeUntilTheMarkComes() throws {
        let grammar = try grammar(.text)
        let texts = [
            "", "Hello", "a < b", "<tool", "<tool_cal", "<<tool_calx", "<tool_call", "<tool_<tool_call", "é<\n", "Let me see.\n" + call,
            call,
            "<" + call, "<tool_call" + call + "\n" + other,
        ]
        for text in texts { #expect(accepts(grammar, text), "\(text)") }
        for text in ["<tool_call>", "<tool_call>x", "x<tool_call>\n{}", call + "x", call + "\nx"] {
            #expect(!accepts(grammar, text), "\(text)")
        }
    }

    @Test func masksOfFreeTextHoldEveryTokenThatDoesNotCompleteTheMark() throws {
        let long = ["<tool_call>", "call>", "a long run of text", "x<tool_call>\n", "x<tool_call>y"]
        let tokens = (0..<256).map { [UInt8($0)] } + long.map { Array($0.utf8) }
        let vocabulary = GrammarVocabulary(tokens: tokens, endTokens: [])
        func allowed(after text: String) throws -> [Bool] {
            var matcher = GrammarMatcher(try grammar(.text), vocabulary)
            let fits = matcher.accept(bytes: text.utf8)
            #expect(fits)
            var words = [UInt32](repeating: 0, count: vocabulary.maskWords)
            _ = words.withUnsafeMutableBufferPointer { matcher.allowed(into: $0) }
            return tokens.indices.map { words[$0 >> 5] >> UInt32($0 & 31) & 1 == 1 }
        }
        #expect(try allowed(after: "") == Array(repeating: true, count: 256) + [true, true, true, true, false])
        #expect(try allowed(after: "<tool_") == Array(repeating: true, count: 256) + [true, true, true, true, false])
        #expect(try allowed(after: "<tool_call>") == (0..<256).map { $0 == 0x0A } + [false, false, false, false, false])
    }

    @Test func jsonMayStandInPlaceOfCalls() throws {
        let grammar = try grammar(.grammar(Grammar(jsonSchema: Self.light)))
        #expect(accepts(grammar, #"{"on":false}"#) && accepts(grammar, call) && !accepts(grammar, #"{"on":false}"# + call))
        #expect(!accepts(grammar, "Hello"))
    }

    @Test func namesAndNoToolsAreChecked() throws {
        let arguments = try Grammar(jsonSchema: Self.light)
        for name in ["", "a b", "é", "a\"", String(repeating: "a", count: 65)] {
            #expect(throws: GrammarError.self) {
                try Grammar(tools: [CallableTool(name: name, arguments: arguments)], beside: .none, isParallel: true)
            }
        }
        #expect(throws: GrammarError.self) { try Grammar(tools: [], beside: .text, isParallel: true) }
    }

    @Test func valuesOfJSONKeepWholeNumbers() throws {
        let value = try TemplateValue(json: #"{"a": [1, -9007199254740993, 1.5, 0, -2e3, 9223372036854775807, 1e30], "b": "x", "c": null}"#)
        let numbers: TemplateValue = [1, .int(-9_007_199_254_740_993), 1.5, 0, -2000, .int(.max), 1e30]
        #expect(value == ["a": numbers, "b": "x", "c": nil])
        #expect(throws: GrammarError.self) { try TemplateValue(json: String(repeating: "[", count: 10_000)) }
    }
}
