import LaresTemplates

/// Finds out, by trying, whether a chat template tells of tools in the format of ``ToolCallFormat``.
///
/// Looking for words in the template's source was the alternative; templates that write `<tool_call>` around XML look the same there.
enum ToolCallProbe {
    private static let tool: TemplateValue = [
        "type": "function",
        "function": [
            "name": "probe_tool", "description": "probe-description",
            "parameters": ["type": "object", "properties": ["probe_key": ["type": "integer"]], "required": ["probe_key"]],
        ],
    ]

    private static let messages = [
        ChatTurn(role: "user", content: "probe-question"),
        ChatTurn(
            role: "assistant", content: "", toolCalls: [.init(id: "probe12ab", name: "probe_tool", arguments: ["probe_key": 1])]),
        ChatTurn(role: "tool", content: "probe-result", toolCallID: "probe12ab"),
        ChatTurn(role: "user", content: "probe-question"),
    ]

    static func passes(_ render: ([ChatTurn], [TemplateValue]) throws -> String) -> Bool {
        guard let text = try? render(messages, [tool]) else { return false }
        let call = ToolCallFormat.text(name: "probe_tool", arguments: #"{"probe_key": 1}"#)
        return [call, "probe-description", "probe-result"].allSatisfy { Self.contains(text, $0) }
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
