import LaresLanguage

/// Tells a model of tools whose chat template doesn't: a system text describes them, and earlier calls and results become plain turns.
package enum ToolPrompt {
    /// The conversation with everything about tools written out in plain turns.
    ///
    /// - Parameter hasSystem: whether the template knows system messages; without, the text stands before the first message.
    package static func plain(_ messages: [ChatMessage], _ tools: [Tool], hasSystem: Bool = true) -> [ChatMessage] {
        let turns = results(in: messages.map(withCallsInText))
        return tools.isEmpty ? turns : introduced(turns, text(of: tools), hasSystem: hasSystem)
    }

    private static func text(of tools: [Tool]) -> String {
        """
        You can call tools. These are the tools, one JSON object a line:
        <tools>
        \(tools.map(\.definition).joined(separator: "\n"))
        </tools>
        To call a tool, write nothing but its name and its arguments as JSON between marks, once for each call:
        \(ToolCallFormat.text(name: "NAME", arguments: "{}"))
        The results come back between <tool_response> and </tool_response>.
        """
    }

    private static func introduced(_ turns: [ChatMessage], _ text: String, hasSystem: Bool) -> [ChatMessage] {
        var turns = turns
        if hasSystem, turns.first?.role != "system" {
            turns.insert(ChatMessage(role: "system", content: text), at: 0)
        } else if hasSystem {
            turns[0].content += "\n\n" + text
        } else if !turns.isEmpty {
            turns[0].content = text + "\n\n" + turns[0].content
        }
        return turns
    }

    private static func withCallsInText(_ message: ChatMessage) -> ChatMessage {
        guard !message.toolCalls.isEmpty else { return message }
        let calls = message.toolCalls.map { ToolCallFormat.text(name: $0.name, arguments: $0.arguments) }
        let parts = (message.content.isEmpty ? [] : [message.content]) + calls
        return ChatMessage(role: message.role, content: parts.joined(separator: "\n"), name: message.name)
    }

    /// Results become a user's turn, one for all that follow one another and what the user says then: many templates insist on turns.
    private static func results(in messages: [ChatMessage]) -> [ChatMessage] {
        var turns: [ChatMessage] = []
        var isAfterResult = false
        for message in messages {
            let isResult = message.role == "tool"
            let text = isResult ? "<tool_response>\n\(message.content)\n</tool_response>" : message.content
            if isAfterResult, isResult || message.role == "user" {
                turns[turns.count - 1].content += "\n" + text
            } else {
                turns.append(isResult ? ChatMessage(role: "user", content: text) : message)
            }
            isAfterResult = isResult
        }
        return turns
    }
}
