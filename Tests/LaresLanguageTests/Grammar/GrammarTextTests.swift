import LaresLanguage
import Testing

@Suite struct GrammarTextTests {
    @Test func choicesAreExact() throws {
        let grammar = try Grammar(choices: ["on", "off", "o", "é"])
        for text in ["on", "off", "o", "é"] { #expect(accepts(grammar, text)) }
        for text in ["", "of", "one"] { #expect(!accepts(grammar, text)) }
        #expect(throws: GrammarError.self) { try Grammar(choices: []) }
    }

    @Test(arguments: [
        (#"[a-c]{2,3}|x+"#, ["ab", "abc", "xxxx"], ["a", "abcd", "", "abx"]),
        (#"^\d{4}-(0[1-9]|1[0-2])$"#, ["2024-12"], ["2024-13", "x2024-12"]),
        (#"[^a]"#, ["b", "é", "😀", "\n"], ["a", "bb"]),
        (#"[à-ÿ]+."#, ["éab"].map { String($0.prefix(2)) }, ["a"]),
        (#"(?:a|b)*?c"#, ["c", "abac"], ["ab"]),
    ]) func regularExpressionsMatchWholeTexts(expression: String, good: [String], bad: [String]) throws {
        let grammar = try Grammar(regex: expression)
        for text in good { #expect(accepts(grammar, text), "\(text)") }
        for text in bad { #expect(!accepts(grammar, text), "\(text)") }
    }

    @Test(arguments: ["(", "a{3,1}", "*", #"\b"#, "(?<=a)b", "[z-a]", #"\p{L}"#, "a{999999}", "{6001}yes", "{2}yes", #"(a)\1"#])
    func badRegularExpressionsAreRefused(expression: String) {
        #expect(throws: GrammarError.self) { try Grammar(regex: expression) }
    }

    @Test func gbnfOfLlamaIsRead() throws {
        let grammar = try Grammar(
            gbnf: """
                # arithmetic
                root  ::= expr "=" ws term "\\n"
                expr  ::= term ([-+*/] term)*
                term  ::= num | "(" ws expr ")" ws
                num   ::= [0-9]{1,20} ws
                ws    ::= [ \\t\\n]*
                """)
        #expect(accepts(grammar, "1+(2*3)= 7\n"))
        #expect(!accepts(grammar, "1+=7\n"))
        #expect(!accepts(grammar, "123456789012345678901=1\n"))
    }

    @Test(arguments: [
        ("root ::= root \"a\" | \"b\"", GrammarError.Code.leftRecursion), ("root ::= x", .badReference), ("a ::= \"b\"", .badReference),
        ("root ::= \"a", .badSyntax), ("root ::= \"a\" root", .unsatisfiable),
    ]) func badGrammarsAreRefused(text: String, code: GrammarError.Code) {
        let error = #expect(throws: GrammarError.self) { try Grammar(gbnf: text) }
        #expect(error?.code == code)
    }
}

@Suite struct LengthTests {
    @Test func aPatternAndALengthHoldTogether() throws {
        let grammar = try Grammar(jsonSchema: #"{"type":"string","pattern":"^([a-z]+\\.)*[a-z]+$","minLength":3,"maxLength":7}"#)
        for text in ["abc", "a.b.c", "a.b.c.d", "abcdefg"] { #expect(accepts(grammar, "\"\(text)\"")) }
        for text in ["ab", "a..b", "abcdefgh", "a.b.c.de", ".ab"] { #expect(!accepts(grammar, "\"\(text)\"")) }
    }

    @Test func numbersWithExponentsBeyondAllSizesAreRefusedAndNeverTrap() {
        for exponent in ["-9223372036854775808", "9223372036854775807", "-99999999999999999999", "1000000"] {
            #expect(throws: GrammarError.self) { try Grammar(jsonSchema: "{\"const\": 1e\(exponent)}") }
            #expect(throws: GrammarError.self) { try Grammar(jsonSchema: "{\"minimum\": 1e\(exponent), \"type\": \"number\"}") }
        }
    }

    @Test func aGrammarOfTooManyRulesIsRefused() {
        let rules = (1...3_000).map { "a\($0) ::= a\($0 + 1)" }
        let text = "root ::= a1\n" + rules.joined(separator: "\n") + "\na3001 ::= \"\""
        let error = #expect(throws: GrammarError.self) { try Grammar(gbnf: text) }
        #expect(error?.code == .tooLarge)
    }

    @Test("What takes long to make ready is refused before it has taken long")
    func workIsBounded() {
        let letters = (0..<1200).map { "\(Character(Unicode.Scalar(UInt32(0x4E00 + $0))!))" }.joined(separator: "|")
        func level(_ name: String, of next: String) -> String {
            let members = (0..<40).map { "\"m\($0)\":{\"$ref\":\"#/$defs/\(next)\"}" }.joined(separator: ",")
            let names = (0..<40).map { "\"m\($0)\"" }.joined(separator: ",")
            return "\"\(name)\":{\"type\":\"object\",\"properties\":{\(members)},\"required\":[\(names)]}"
        }
        let levels = [level("A", of: "B"), level("B", of: "C"), level("C", of: "D"), level("D", of: "E"), "\"E\":{\"type\":\"string\"}"]
        let nested =
            "{\"$defs\":{\(levels.joined(separator: ","))},\"oneOf\":[{\"$ref\":\"#/$defs/A\"},{\"$ref\":\"#/$defs/A\",\"minProperties\":1}]}"
        let begin = ContinuousClock.now
        #expect(throws: GrammarError.self) { try Grammar(regex: "(?:\(letters)|.)*X.{13}") }
        #expect(throws: GrammarError.self) { try Grammar(jsonSchema: nested) }
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test("Thousands of rules that may be empty are told apart in one go")
    func emptyRules() throws {
        let rules = (1..<1900).map { "a\($0) ::= a\($0 + 1) \"x\"? " + String(repeating: "\"z\"? ", count: 10) }
        let begin = ContinuousClock.now
        _ = try? Grammar(gbnf: "root ::= a1\n" + rules.joined(separator: "\n") + "\na1900 ::= \"y\"")
        #expect(ContinuousClock.now - begin < .seconds(10))
    }
}
