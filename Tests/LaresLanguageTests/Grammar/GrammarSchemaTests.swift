import LaresLanguage
import Testing

@Suite struct GrammarSchemaTests {
    /// A schema, texts it admits, texts it does not.
    static let cases: [(String, [String], [String])] = [
        (
            "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"\u{e9}\"]},\"b\":{\"enum\":[\"e\u{301}\"]}},\"required\":[\"a\",\"b\"]}",
            ["{\"a\":\"\u{e9}\",\"b\":\"e\u{301}\"}"], ["{\"a\":\"\u{e9}\",\"b\":\"\u{e9}\"}", "{\"a\":\"e\u{301}\",\"b\":\"e\u{301}\"}"]
        ),
        (
            "{\"type\":\"object\",\"properties\":{\"\u{e9}\":{\"type\":\"null\"}},\"required\":[\"e\u{301}\"]}",
            ["{\"\u{e9}\":null,\"e\u{301}\":1}", "{\"e\u{301}\":1}"], ["{\"\u{e9}\":null}", "{}"]
        ),
        (
            "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\",\"pattern\":\"^\u{e9}$\"},{\"type\":\"string\",\"pattern\":\"^e\u{301}$\"}],\"minItems\":2,\"items\":false}",
            ["[\"\u{e9}\",\"e\u{301}\"]"], ["[\"\u{e9}\",\"\u{e9}\"]"]
        ),
        (#"{"type":"number"}"#, ["1e279", "12345678901234567890.5E-279", "0", "-1.5e+7"], ["1e280", "1e299", "1e999", "01"]),
        (#"{"type":"array","maxItems":1,"uniqueItems":true}"#, ["[]", "[1]"], ["[1,1]"]),
        (#"{"uniqueItems":true,"type":"string"}"#, [#""a""#], ["1"]),
        (
            #"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"boolean"}},"required":["b"],"additionalProperties":false}"#,
            [#"{"b":true}"#, #"{"a": 1, "b": false}"#], [#"{}"#, #"{"a":1}"#, #"{"b":true,"a":1}"#, #"{"b":true,"c":1}"#, #"{"b":  true}"#]
        ),
        (
            #"{"type":"object","properties":{"ab":{"type":"null"}}}"#,
            [#"{}"#, #"{"ab":null}"#, #"{"a":1,"abc":[]}"#, #"{"é":1}"#], [#"{"ab":1}"#, #"{"\u0061b":1}"#]
        ),
        (#"{"type":"integer","minimum":-5,"maximum":123}"#, ["-5", "0", "99", "123"], ["-6", "124", "1.0", "-0", "01", "1000"]),
        (
            #"{"type":"number","exclusiveMinimum":0.5,"maximum":10}"#, ["0.51", "10", "10.0", "9.99"],
            ["0.5", "0.50", "10.01", "11", "-1", "1e1"]
        ),
        (#"{"type":"number","multipleOf":0.05}"#, ["0.05", "1.10", "-3", "0"], ["0.01", "1.11", "0.055"]),
        (
            #"{"type":"string","minLength":2,"maxLength":3}"#, [#""ab""#, #""é\n😀""#, #""\uD83D\uDE00x""#],
            [#""a""#, #""abcd""#, #""\uD83Dx""#]
        ),
        (#"{"type":"string","maxLength":100000}"#, [#""""#, #""abc""#], ["1"]),
        (#"{"type":"string","pattern":"^a+b$"}"#, [#""ab""#, #""aaab""#], [#""b""#, #""abx""#]),
        (#"{"type":"string","pattern":"b"}"#, [#""abc""#, #""b""#], [#""ac""#]),
        (#"{"type":"string","pattern":"^(?!no)[a-z]+$","maxLength":4}"#, [#""yes""#], [#""nop""#, #""abcde""#]),
        (#"{"type":"string","format":"date"}"#, [#""2024-02-29""#], [#""2023-02-29""#, #""2024-13-01""#, #""0000-01-01""#]),
        (
            #"{"type":"array","items":{"type":"null"},"minItems":2,"maxItems":3}"#, ["[null,null]", "[null, null, null]"],
            ["[null]", "[]", "[null,null,null,null]"]
        ),
        (
            #"{"type":"array","items":{"type":"null"},"minItems":50,"maxItems":60}"#,
            ["[" + Array(repeating: "null", count: 55).joined(separator: ",") + "]"], ["[null]"]
        ),
        (
            #"{"prefixItems":[{"const":1},{"const":"x"}],"items":false,"type":"array"}"#, ["[]", "[1]", #"[1,"x"]"#],
            ["[2]", #"[1,"x",1]"#]
        ),
        (#"{"enum":["a","ab",1,null,{"k":[1,2]}]}"#, [#""a""#, #""ab""#, "1", "null", #"{"k":[1,2]}"#], [#""abc""#, "2", #"{"k":[1]}"#]),
        (
            ##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}},"additionalProperties":false}}}"##,
            [#"{}"#, #"{"next":{"next":{}}}"#], [#"{"next":1}"#]
        ),
        (#"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#, [#""a""#, "1"], ["null"]),
        (
            #"{"oneOf":[{"type":"object","properties":{"k":{"const":"a"}},"required":["k"]},{"type":"object","properties":{"k":{"const":"b"},"v":{"type":"null"}},"required":["k"]}]}"#,
            [#"{"k":"a","v":1}"#, #"{"k":"b","v":null}"#], [#"{"k":"b","v":1}"#, #"{"k":"c"}"#]
        ),
        (
            #"{"allOf":[{"properties":{"a":{"minimum":3}}},{"properties":{"a":{"type":"integer","maximum":5}},"required":["a"]}],"type":"object"}"#,
            [#"{"a":4}"#], [#"{"a":6}"#, "{}", #"{"a":2}"#]
        ),
        (
            #"{"type":"object","patternProperties":{"^x":{"type":"null"}},"additionalProperties":false}"#, [#"{"x1":null,"x":null}"#],
            [#"{"y":null}"#]
        ),
        (
            #"{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false,"minProperties":1,"maxProperties":1}"#,
            [#"{"a":1}"#, #"{"b":1}"#], [#"{}"#, #"{"a":1,"b":1}"#]
        ),
        (
            #"{"type":"object","properties":{"a":{},"b":{}},"dependentRequired":{"a":["b"]},"additionalProperties":false}"#,
            [#"{}"#, #"{"b":1}"#, #"{"a":1,"b":1}"#], [#"{"a":1}"#]
        ),
        (#"{"not":{"type":"string"}}"#, ["1", "{}", "[]"], [#""a""#]),
        (
            #"{"if":{"properties":{"k":{"const":1}},"required":["k"]},"then":{"required":["v"]},"type":"object","properties":{"k":{},"v":{}}}"#,
            [#"{"k":1,"v":2}"#, #"{"k":2}"#, "{}"], [#"{"k":1}"#]
        ),
    ]

    @Test(arguments: cases) func admitsExactlyWhatTheSchemaSays(schema: String, good: [String], bad: [String]) throws {
        let grammar = try Grammar(jsonSchema: schema)
        for text in good { #expect(accepts(grammar, text), "\(text) under \(schema)") }
        for text in bad { #expect(!accepts(grammar, text), "\(text) under \(schema)") }
    }

    static let refusals: [(String, GrammarError.Code, String?, String)] = [
        (#"{"properties":{"a":{"type":"array","uniqueItems":true}}}"#, .unsupported, "uniqueItems", "#/properties/a/uniqueItems"),
        (#"{"type":"string","format":"phone"}"#, .unsupported, "format", "#/format"),
        (#"{"type":"string","pattern":"(a)\\1"}"#, .unsupported, "pattern", "#/pattern"),
        (#"{"contains":{}}"#, .unsupported, "contains", "#/contains"),
        (#"{"oneOf":[{"type":"integer"},{"type":"number"}]}"#, .unsupported, "oneOf", "#/oneOf"),
        (##"{"$ref":"#"}"##, .badReference, "$ref", "#"),
        (#"{"$ref":"https://example.com/x"}"#, .badReference, "$ref", "#/$ref"),
        (#"{"type":"integer","minimum":3,"maximum":2}"#, .unsatisfiable, nil, ""),
        (##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##, .unsatisfiable, nil, ""),
        (#"{"type":"any"}"#, .badKeyword, "type", "#/type"),
        (#"{"type": }"#, .badSyntax, nil, "byte 9"),
        (String(repeating: "[", count: 10_000), .tooLarge, nil, "byte 128"),
    ]

    @Test(arguments: refusals) func refusesWhatItCannotEnforce(schema: String, code: GrammarError.Code, keyword: String?, place: String) {
        let error = #expect(throws: GrammarError.self) { try Grammar(jsonSchema: schema) }
        #expect(error?.code == code)
        #expect(error?.keyword == keyword)
        #expect(error?.place == place)
    }
}
