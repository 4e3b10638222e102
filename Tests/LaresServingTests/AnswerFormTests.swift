import Foundation
import LaresLanguage
import LaresServing
import Testing

@Suite(.serialized) struct AnswerFormTests {
    private static let person =
        #"{"type":"object","properties":{"name":{"type":"string","maxLength":12},"#
        + #""age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","age"],"additionalProperties":false}"#

    private func object(_ text: String) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
    }

    @Test func anAnswerKeepsItsForm() async throws {
        try await withServing { serving, _ in
            for seed in 0..<4 as Range<UInt64> {
                func get(_ form: AnswerForm) async throws -> Answer {
                    try await answer(
                        serving,
                        ask("Tell me of Ada.", maxTokens: 80) { request in
                            request.form = form
                            request.sampling = SamplingParameters(temperature: 1, logitBias: [0: 100, 2: 100], seed: seed)
                        })
                }
                let person = try await get(.jsonSchema(Self.person))
                #expect(object(person.text)?.keys.sorted() == ["age", "name"] && person.reason == .stop, "\(person.text)")
                #expect(try await get(.regex("[A-Z]{3}-[0-9]{2}")).text.wholeMatch(of: /[A-Z]{3}-[0-9]{2}/) != nil)
                #expect(["yes", "no"].contains(try await get(.choices(["yes", "no"])).text))
                #expect(try await get(.gbnf("root ::= \"a\"+ \"b\"")).text.last == "b")
            }
        }
    }

    @Test func aFormThatCannotBeEnforcedIsRefusedWithItsReason() async throws {
        try await withServing { serving, _ in
            func refusal(_ change: (inout GenerationRequest) -> Void) async throws -> ServingError? {
                let request = ask("Hello", maxTokens: 4, change)
                return await #expect(throws: ServingError.self) { try await serving.generate(request) }
            }
            let schema = try await refusal {
                $0.form = .jsonSchema(#"{"type":"object","properties":{"a":{"type":"array","uniqueItems":true}}}"#)
                $0.formParam = "guided_json"
            }
            #expect(schema?.code == .invalidRequest && schema?.param == "guided_json")
            #expect(schema?.message.contains("uniqueItems") == true && schema?.message.contains("#/properties/a") == true)
            #expect(try await refusal { $0.form = .regex("(") }?.code == .invalidRequest)
            #expect(try await refusal { $0.form = .gbnf("root ::= root \"a\"") }?.code == .invalidRequest)
            #expect(try await refusal { ($0.form, $0.ignoreEnd) = (.jsonObject, true) }?.param == "ignore_eos")
            let tool = Tool(name: "a", definition: "{}", parameters: #"{"type":"object","patternProperties":{"(?=x)":{}}}"#)
            let tools = try await refusal { $0.tools = ToolUse([tool]) }
            #expect(tools?.param == "tools" && tools?.message.contains("'a'") == true)
            #expect(try await refusal { ($0.tools, $0.form) = (ToolUse([tool]), .regex("a")) }?.param == "tools")
            // A model that was refused a form still answers.
            #expect(try await answer(serving, ask("Hello", maxTokens: 4)).usage?.completionTokens ?? 0 > 0)
        }
    }

    @Test func whoIsCancelledWaitsForNoForm() async throws {
        try await withServing { serving, _ in
            let tasks = (0..<60).map { number in
                Task { try await serving.generate(ask("Hello", maxTokens: 1) { $0.form = .regex("(a|b){1,400}c{\(number + 1),300}") }) }
            }
            try await Task.sleep(for: .milliseconds(20))
            for task in tasks { task.cancel() }
            var codes: [ServingError.Code] = []
            for task in tasks {
                do { _ = try await task.value } catch let error as ServingError { codes.append(error.code) }
            }
            #expect(codes.contains(.cancelled) && codes.allSatisfy { $0 == .cancelled })
        }
    }

    @Test func aDeadEndIsAnErrorNotRubbish() async throws {
        try await withServing { serving, _ in
            // SmolLM2 has no token for this byte outside of characters it never starts.
            var request = ask("Hello", maxTokens: 8)
            request.form = .choices(["\u{0}"])
            do {
                let result = try await answer(serving, request)
                #expect(result.text == "\u{0}")
            } catch let error as ServingError {
                #expect(error.code == .invalidRequest)
            }
        }
    }

    @Test func theLengthCutsAndAStopTextEndsABoundAnswer() async throws {
        try await withServing { serving, _ in
            let cut = try await answer(serving, ask("Tell me of Ada.", maxTokens: 3) { $0.form = .jsonSchema(Self.person) })
            #expect(cut.reason == .length && cut.usage?.completionTokens == 3 && object(cut.text) == nil)
            let stopped = try await answer(
                serving,
                ask("Tell me of Ada.", maxTokens: 80) {
                    $0.form = .jsonSchema(Self.person)
                    $0.stop = ["age"]
                })
            #expect(stopped.reason == .stop && stopped.text.hasSuffix("\"") && !stopped.text.contains("age"))
        }
    }

    @Test func logProbabilitiesAreThoseOfTheWholeHead() async throws {
        try await withServing { serving, _ in
            func first(_ form: AnswerForm) async throws -> TokenLogProbability? {
                try await answer(
                    serving,
                    ask("What is 2+2?", maxTokens: 2) {
                        $0.form = form
                        $0.topLogProbabilities = 3
                    }
                ).notes.first
            }
            let (free, bound) = (try await first(.free), try await first(.regex("[xq]{2}")))
            #expect(free?.top == bound?.top && free?.chosen.token != bound?.chosen.token)
        }
    }

    @Test func boundAnswersSurviveGivingWay() async throws {
        try await withServing(ServingSettings(cacheTokens: 384)) { serving, _ in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await answer(
                            serving, ask("Count from \(number).", maxTokens: 120) { $0.form = .regex("([0-9]{1,2}, ){20}end") }
                        ).text
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(texts.allSatisfy { $0.wholeMatch(of: /([0-9]{1,2}, ){20}end/) != nil })
        }
    }

    @Test func toolsAreCalledWithArgumentsThatFit() async throws {
        let tool = Tool(
            name: "remember",
            definition: #"{"type":"function","function":{"name":"remember","description":"Keeps a person","parameters":\#(Self.person)}}"#,
            parameters: Self.person)
        try await withServing { serving, _ in
            for seed in 0..<4 as Range<UInt64> {
                let result = try await answer(
                    serving,
                    ask("Remember Ada, who is 36.", maxTokens: 120) {
                        $0.tools = ToolUse([tool], isRequired: true, isParallel: false)
                        $0.sampling = SamplingParameters(temperature: 1, seed: seed)
                    })
                let (before, after) = ("<tool_call>\n{\"name\": \"remember\", \"arguments\": ", "}\n</tool_call>")
                #expect(result.text.hasPrefix(before) && result.text.hasSuffix(after) && result.reason == .stop)
                #expect(object(String(result.text.dropFirst(before.count).dropLast(after.count)))?.count == 2)
            }
        }
    }
}
