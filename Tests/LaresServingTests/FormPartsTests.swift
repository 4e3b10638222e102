import LaresLanguage
import LaresServing
import Testing

struct FormPartsTests {
    @Test func theLongestUnusedGoesFirst() {
        var cache = RecentlyUsed<String, Int>(count: 2, bytes: 100)
        cache.insert("a", 1, bytes: 10)
        cache.insert("b", 2, bytes: 10)
        #expect(cache.value("a") == 1)
        cache.insert("c", 3, bytes: 10)
        #expect(cache.value("b") == nil && cache.value("a") == 1 && cache.value("c") == 3 && cache.bytes == 20)
        cache.measure { key, _ in key == "a" ? 95 : nil }
        cache.insert("d", 4, bytes: 10)
        #expect(cache.count == 2 && cache.value("a") == nil && cache.value("d") == 4)
        cache.insert("huge", 5, bytes: 1_000)
        #expect(cache.value("huge") == 5 && cache.count == 1)
    }

    @Test func formsAreCompiledInTurnBetweenCallersAndNobodyTakesTheWholeLine() {
        var line = FormLine<String>()
        for (number, caller) in [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "a")] {
            let isIn = line.enter(number, caller: caller, isLarge: number == 5, "\(caller)\(number)")
            #expect(isIn)
        }
        let gone = [line.leave(2), line.leave(2)], order = (1...4).map { _ in line.next(isLarge: false) }
        #expect(gone == ["a2", nil] && order == ["a1", "b4", "a3", nil])
        let large = line.next(isLarge: true)
        #expect(large == "a5")
        let taken = (10..<200).filter { line.enter($0, caller: "a", isLarge: false, "") }
        #expect(taken.count == FormLine<String>.callerLimit)
        let others = (200..<400).filter { line.enter($0, caller: "\($0)", isLarge: false, "") }
        let left = line.leaveAll()
        #expect(taken.count + others.count == FormLine<String>.limit && left.count == FormLine<String>.limit)
    }

    private static let vocabulary = GrammarVocabulary(tokens: (0..<70).map { [UInt8($0)] }, endTokens: [69])

    private func row(_ count: Int) -> [Float] { (0..<count).map { Float($0) } }

    @Test(arguments: [70, 96, 130])
    func theMaskLeavesWhatMayComeAndNothingElse(count: Int) throws {
        var guide = AnswerGuide(GrammarMasks(try Grammar(choices: ["\u{1}", "\u{21}", "\u{40}\u{1}"]), Self.vocabulary))
        let logits = try mask(row(count), &guide)
        #expect(logits.indices.filter { logits[$0].isFinite } == [1, 33, 64])
        #expect(throws: ServingError.self) { try guide.accept(2) }
        try guide.accept(64)
        #expect(!guide.isOver)
        try guide.accept(1)
        #expect(guide.isOver)
    }

    private func mask(_ logits: [Float], _ guide: inout AnswerGuide) throws -> [Float] {
        var logits = logits
        try logits.withUnsafeMutableBufferPointer { row in try guide.mask(row) }
        return logits
    }

    @Test func whatIsMaskedStaysSoWhateverTheSamplerAdds() throws {
        let masks = GrammarMasks(try Grammar(choices: ["\u{5}"]), Self.vocabulary)
        for temperature in [0, 1, 5] as [Float] {
            for topK in [0, 1, 40] {
                let parameters = SamplingParameters(
                    temperature: temperature, topK: topK, repetitionPenalty: 1.5, logitBias: [7: 1_000, 5: -1_000])
                var sampler = Sampler(parameters, seed: 1)
                var guide = AnswerGuide(masks)
                var logits = try mask(row(70), &guide)
                #expect(logits.withUnsafeMutableBufferPointer { sampler.next($0, history: [5, 7], promptLength: 1) } == 5)
            }
        }
    }

    @Test func aDeadEndIsTold() throws {
        let vocabulary = GrammarVocabulary(tokens: [[0x61], nil], endTokens: [1])
        var guide = AnswerGuide(GrammarMasks(try Grammar(choices: ["ab"]), vocabulary))
        let first = try mask([1, 2], &guide)
        #expect(first == [1, -.infinity])
        try guide.accept(0)
        #expect(throws: ServingError.self) { try mask([1, 2], &guide) }
    }

    @Test func textsThatOnlyLookAlikeAreKeysOfTheirOwn() {
        let (composed, combined) = ("\u{E9}", "e\u{301}")
        #expect(composed == combined)
        #expect(FormKey(.choices([composed]), nil) != FormKey(.choices([combined]), nil))
        #expect(FormKey(.choices(["a", "b"]), nil) != FormKey(.choices(["ab"]), nil))
        #expect(FormKey(.regex("a"), nil) != FormKey(.gbnf("a"), nil))
    }

    @Test func keysAreWhatDecides() {
        let tool = Tool(name: "a", definition: "one", parameters: "{}")
        let same = Tool(name: "a", definition: "other", parameters: "{}")
        #expect(FormKey(.free, nil) == nil)
        #expect(FormKey(.free, ToolUse([tool])) == FormKey(.free, ToolUse([same])))
        #expect(FormKey(.free, ToolUse([tool])) != FormKey(.free, ToolUse([tool], isRequired: true)))
        #expect(FormKey(.jsonObject, nil) != FormKey(.jsonSchema("{}"), nil))
    }

    @Test func toolsAreToldInPlainTurnsWhereTheTemplateDoesNot() {
        let tool = Tool(name: "light", definition: #"{"name":"light"}"#, parameters: "{}")
        let messages = [
            ChatMessage(role: "user", content: "On!"),
            ChatMessage(role: "assistant", content: "", toolCalls: [ToolCall(id: "1", name: "light", arguments: #"{"on":true}"#)]),
            ChatMessage(role: "tool", content: "ok", toolCallID: "1"), ChatMessage(role: "tool", content: "ok too", toolCallID: "2"),
            ChatMessage(role: "user", content: "Thanks"),
        ]
        let plain = ToolPrompt.plain(messages, [tool])
        #expect(plain.map(\.role) == ["system", "user", "assistant", "user"])
        #expect(plain[0].content.contains(tool.definition))
        #expect(plain[2].content == ToolCallFormat.text(name: "light", arguments: #"{"on":true}"#))
        #expect(plain[3].content == "<tool_response>\nok\n</tool_response>\n<tool_response>\nok too\n</tool_response>\nThanks")
        let without = ToolPrompt.plain(messages, [tool], hasSystem: false)
        #expect(without.map(\.role) == ["user", "assistant", "user"] && without[0].content.hasSuffix("\n\nOn!"))
        let told = ToolPrompt.plain([ChatMessage(role: "system", content: "Be brief."), ChatMessage(role: "user", content: "x")], [tool])
        #expect(told.count == 2 && told[0].content.hasPrefix("Be brief.\n\n"))
        let nothing = [ChatMessage(role: "user", content: "x", name: "n")]
        #expect(ToolPrompt.plain(nothing, []) == nothing)
    }
}
