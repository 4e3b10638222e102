import HTTPTypes
import LaresJSON
import LaresServer
import LaresServing
import Testing

struct AnswerFormFieldsTests {
    private func chat(_ members: String) throws -> ChatRequest {
        let text = #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(members)}"#
        return try ChatRequest(JSON(parsing: Array(text.utf8)), caller: "me")
    }

    private static let forms: [(String, AnswerForm, String)] = [
        (#""response_format":{"type":"text"}"#, .free, "response_format"),
        (#""response_format":{"type":"json_object"}"#, .jsonObject, "response_format"),
        (#""response_format":{"type":"json_object","schema":{"a":1}}"#, .jsonSchema(#"{"a":1}"#), "response_format"),
        (
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}"#,
            .jsonSchema(#"{"type":"object"}"#), "response_format"
        ),
        (#""guided_json":{"type":"string"}"#, .jsonSchema(#"{"type":"string"}"#), "guided_json"),
        (#""guided_json":"{}""#, .jsonSchema("{}"), "guided_json"),
        (#""json_schema":{"b":true}"#, .jsonSchema(#"{"b":true}"#), "json_schema"),
        (#""guided_regex":"a+""#, .regex("a+"), "guided_regex"), (#""guided_choice":["a","b"]"#, .choices(["a", "b"]), "guided_choice"),
        (#""guided_grammar":"root ::= \"a\"""#, .gbnf("root ::= \"a\""), "guided_grammar"), (#""grammar":"g""#, .gbnf("g"), "grammar"),
        (#""structured_outputs":{"regex":"a"}"#, .regex("a"), "structured_outputs"),
        (#""structured_outputs":{"json_object":true}"#, .jsonObject, "structured_outputs"),
        (#""guided_regex":"a","response_format":{"type":"text"}"#, .regex("a"), "guided_regex"),
        (#""guided_json":null"#, .free, "response_format"),
    ]

    @Test(arguments: forms)
    func everySpellingOfAFormArrives(members: String, form: AnswerForm, param: String) throws {
        let request = try chat(members).generation
        #expect(request.form == form && request.formParam == param)
        let body = try JSON(parsing: Array(#"{"model":"m","prompt":["a","b"],\#(members)}"#.utf8))
        let completion = try CompletionRequest(body, caller: "me")
        #expect(completion.generations.map(\.form) == [form, form])
    }

    @Test(arguments: [
        (#""response_format":{"type":"json_object"},"guided_regex":"a""#, "guided_regex"),
        (#""guided_json":{},"grammar":"x""#, "grammar"), (#""response_format":{"type":"xml"}"#, "response_format.type"),
        (#""response_format":{"type":"json_schema"}"#, "response_format.json_schema"),
        (#""response_format":{"type":"json_schema","json_schema":{"name":"n"}}"#, "response_format.json_schema.schema"),
        (#""response_format":{"type":"json_schema","json_schema":{"schema":{}}}"#, "response_format.json_schema.name"),
        (#""response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}}"#, "response_format.json_schema.name"),
        (#""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":"{}"}}"#, "response_format.json_schema.schema"),
        (
            #""response_format":{"type":"json_schema","json_schema":{"name":"n","strict":1,"schema":{}}}"#,
            "response_format.json_schema.strict"
        ),
        (#""guided_json":5"#, "guided_json"), (#""guided_json":{"maximum":18446744073709551615}"#, "guided_json"),
        (#""guided_regex":5"#, "guided_regex"), (#""guided_choice":"a""#, "guided_choice"), (#""guided_choice":[]"#, "guided_choice"),
        (#""guided_choice":["a",1]"#, "guided_choice"), (#""structured_outputs":{}"#, "structured_outputs"),
        (#""structured_outputs":{"regex":"a","choice":["a"]}"#, "structured_outputs"),
        (#""structured_outputs":{"structural_tag":"a"}"#, "structured_outputs.structural_tag"),
        (#""ebnf":"a""#, "ebnf"), (#""regex":"a""#, "regex"),
    ])
    func aWrongFormIsNamed(members: String, param: String) {
        let error = #expect(throws: APIError.self) { try chat(members) }
        #expect(error?.param == param && error?.status.code == 400)
    }

    private func tool(_ name: String, _ more: String = "") -> String { #"{"type":"function","function":{"name":"\#(name)"\#(more)}}"# }

    @Test func toolsAndTheirChoiceArrive() throws {
        let tools = #""tools":[\#(tool("a", #","description":"d","parameters":{"type":"object"},"strict":true"#)),\#(tool("b"))]"#
        let auto = try chat(tools).tools
        #expect(auto.use?.tools.map(\.name) == ["a", "b"] && auto.use?.callable == ["a", "b"] && !auto.isNamed)
        #expect(auto.use?.isRequired == false && auto.use?.isParallel == true)
        #expect(
            auto.use?.tools.first?.definition
                == #"{"type":"function","function":{"name":"a","description":"d","parameters":{"type":"object"}}}"#)
        #expect(auto.use?.tools.last?.parameters == #"{"type":"object","properties":{},"additionalProperties":false}"#)
        #expect(try chat(tools + #","tool_choice":"none""#).tools.use == nil)
        let required = try chat(tools + #","tool_choice":"required","parallel_tool_calls":false"#).tools.use
        #expect(required?.isRequired == true && required?.isParallel == false && required?.callable == ["a", "b"])
        let named = try chat(tools + #","tool_choice":{"type":"function","function":{"name":"b"}}"#).tools
        #expect(named.isNamed && named.use?.callable == ["b"] && named.use?.isRequired == true && named.use?.tools.count == 2)
        let allowed = try chat(
            tools + #","tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[\#(tool("a"))]}}"#
        ).tools
        #expect(!allowed.isNamed && allowed.use?.callable == ["a"] && allowed.use?.isRequired == false)
        #expect(try chat(tools).generation.tools == auto.use)
    }

    @Test(arguments: [
        (#""tools":[{"type":"custom","custom":{}}]"#, "tools[0].type"), (#""tools":[{"type":"function"}]"#, "tools[0].function"),
        (#""tools":{}"#, "tools"), (#""tools":[{"type":"function","function":{"name":"a b"}}]"#, "tools[0].function.name"),
        (#""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"a"}}]"#, "tools"),
        (#""tools":[{"type":"function","function":{"name":"a","parameters":[]}}]"#, "tools[0].function.parameters"),
        (#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"string"}}}]"#, "tools[0].function.parameters.type"),
        (#""tool_choice":"required""#, "tool_choice"), (#""tool_choice":"maybe""#, "tool_choice"),
        (#""tool_choice":{"type":"function","function":{"name":"a"}}"#, "tool_choice"),
        (
            #""tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"b"}}"#,
            "tool_choice"
        ),
        (#""tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"custom"}"#, "tool_choice.type"),
        (#""tools":[{"type":"function","function":{"name":"a"}}],"parallel_tool_calls":1"#, "parallel_tool_calls"),
        (#""functions":[{"name":"a"}]"#, "functions"), (#""function_call":"auto""#, "function_call"),
    ])
    func aWrongToolIsNamed(members: String, param: String) {
        let error = #expect(throws: APIError.self) { try chat(members) }
        #expect(error?.param == param && error?.status.code == 400)
    }

    @Test func tooManyToolsAreRefused() {
        let many = (0...128).map { tool("t\($0)") }.joined(separator: ",")
        #expect(throws: APIError.self) { try chat(#""tools":[\#(many)]"#) }
        let long = tool("a", #","description":"\#(String(repeating: "x", count: 1 << 20))""#)
        #expect(throws: APIError.self) { try chat(#""tools":[\#(long)]"#) }
    }

    @Test func callsAndResultsOfEarlierTurnsArrive() throws {
        let body = try JSON(
            parsing: Array(
                #"""
                {"model":"m","messages":[{"role":"user","content":"x"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"a","arguments":" {\"b\" : 1} "}}]},
                {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"done"}]}]}
                """#.utf8))
        #expect(
            try ChatRequest(body, caller: "me").generation.prompt
                == .chat([
                    ChatMessage(role: "user", content: "x"),
                    ChatMessage(role: "assistant", content: "", toolCalls: [ToolCall(id: "c1", name: "a", arguments: #"{"b":1}"#)]),
                    ChatMessage(role: "tool", content: "done", toolCallID: "c1"),
                ]))
    }

    @Test func toolsNeedAConversation() throws {
        let body = try JSON(parsing: Array(#"{"model":"m","prompt":"a","tools":[\#(tool("a"))]}"#.utf8))
        #expect(throws: APIError.self) { try CompletionRequest(body, caller: "me") }
    }
}
