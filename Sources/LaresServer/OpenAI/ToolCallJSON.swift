import LaresJSON
import LaresServing

extension JSON {
    /// A call's name in the list of calls, with an id of its own.
    static func toolCall(name: String, arguments: String, index: Int? = nil) -> JSON {
        var members = JSON.Members()
        if let index { members.append("index", .int(index)) }
        members.append("id", .string(toolCallID()))
        members.append("type", "function")
        members.append("function", ["name": .string(name), "arguments": .string(arguments)])
        return .object(members)
    }

    /// More of a call's arguments, for a stream.
    static func moreArguments(_ text: String, index: Int) -> JSON { ["index": .int(index), "function": ["arguments": .string(text)]] }

    private static func toolCallID() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return "call_" + String((0..<24).map { _ in letters[Int.random(in: letters.indices)] })
    }
}

extension ToolRequest {
    /// The `finish_reason` of an answer. A call that was named ends with `stop`, as at OpenAI.
    func finishReason(_ reason: FinishReason, _ text: ToolCallText?) -> String {
        guard let text, text.callCount > 0, reason == .stop, !text.isCutShort, !isNamed else { return reason.rawValue }
        return "tool_calls"
    }
}
