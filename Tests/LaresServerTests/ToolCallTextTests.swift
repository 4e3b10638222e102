import LaresLanguage
import LaresServer
import Testing

struct ToolCallTextTests {
    private func parts(_ pieces: [String]) -> [ToolCallText.Part] {
        var text = ToolCallText()
        return joined(pieces.flatMap { text.append($0) } + text.finish())
    }

    /// Neighbours of one kind as one.
    private func joined(_ parts: [ToolCallText.Part]) -> [ToolCallText.Part] {
        parts.reduce(into: []) { result, part in
            switch (result.last, part) {
            case (.content(let before), .content(let more)): result[result.count - 1] = .content(before + more)
            case (.arguments(let before), .arguments(let more)): result[result.count - 1] = .arguments(before + more)
            default: result.append(part)
            }
        }
    }

    private static let first = #"{"text": "a \"}{[ b\\", "n": [1, {"x": {}}], "é": "<tool_call>"}"#
    private static let calls =
        ToolCallFormat.text(name: "one", arguments: first) + "\n" + ToolCallFormat.text(name: "two", arguments: "{}")
    private static let expected: [ToolCallText.Part] = [
        .call(name: "one"), .arguments(first), .call(name: "two"), .arguments("{}"),
    ]

    @Test func callsAreTakenApartHoweverTheyComeInPieces() {
        let text = "Let me see.\n\n" + Self.calls
        let scalars = Array(text.unicodeScalars).map(String.init)
        #expect(parts([text]) == [.content("Let me see.")] + Self.expected)
        #expect(parts(scalars) == [.content("Let me see.")] + Self.expected)
        for cut in 0...scalars.count {
            let pieces = [scalars[..<cut].joined(), scalars[cut...].joined()]
            #expect(parts(pieces) == [.content("Let me see.")] + Self.expected, "cut at \(cut)")
        }
        #expect(parts([Self.calls]) == Self.expected)
    }

    @Test(arguments: ["", "Hello", "a < b ", "<tool_call", "\n\n", "x <tool_ <<tool_call y", "é 中文\n<"])
    func textWithoutCallsIsAllText(text: String) {
        let expected: [ToolCallText.Part] = text.isEmpty ? [] : [.content(text)]
        #expect(parts([text]) == expected)
        #expect(parts(text.unicodeScalars.map(String.init)) == expected)
    }

    @Test func whatCannotBeAMarkIsShownAtOnce() {
        var text = ToolCallText()
        #expect(text.append("a <") == [.content("a")])
        #expect(text.append("b") == [.content(" <b")])
        #expect(text.append(" \n") == [])
        #expect(text.finish() == [.content(" \n")])
    }

    @Test func aCallThatIsCutShortIsKnown() {
        var text = ToolCallText()
        _ = text.append(ToolCallFormat.text(name: "one", arguments: "{}"))
        #expect(text.callCount == 1 && !text.isCutShort)
        #expect(text.append("\n<tool_call>\n{\"name\": \"t") == [] && text.callCount == 1 && text.isCutShort)
        #expect(text.append("wo\", \"arguments\": {\"a") == [.call(name: "two"), .arguments("{\"a")])
        #expect(text.callCount == 2 && text.isCutShort && text.finish() == [])
    }

    @Test func besideAFormTheMarkIsTextUnlessItComesFirst() {
        let json = "{\"quote\": \"<tool_call>\", \"and\": \"more\"}"
        var text = ToolCallText(isFormed: true)
        var content = ""
        for character in json {
            for case .content(let piece) in text.append(String(character)) { content += piece }
        }
        for case .content(let piece) in text.finish() { content += piece }
        #expect(content == json && text.callCount == 0 && !text.isCutShort)
    }

    @Test func muchWhiteSpaceIsNotHeldBack() {
        var text = ToolCallText()
        let parts = text.append(String(repeating: " ", count: 200_000))
        #expect(parts.count == 1)
    }
}
