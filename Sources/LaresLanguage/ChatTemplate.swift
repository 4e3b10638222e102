public import Foundation
public import LaresTemplates

/// A model's own chat template with what it needs to know of the model.
///
///     let text = try template.render(messages: [ChatTurn(role: "user", content: "Hello")], addGenerationPrompt: true, now: .now)
public struct ChatTemplate: Sendable {
    /// The text of the token a sequence begins with; empty when there is none.
    public let beginText: String
    /// The text of the token that ends one; empty when there is none.
    public let endText: String
    /// Whether it tells the model of tools, and of calls and their results, in the format of ``ToolCallFormat``.
    public let knowsToolCalls: Bool
    private let template: Template

    /// Reads a Jinja template. Throws `TemplateError`.
    public init(_ source: String, beginText: String, endText: String) throws {
        let template = try Template(source)
        self.template = template
        self.beginText = beginText
        self.endText = endText
        knowsToolCalls = ToolCallProbe.passes { messages, tools in
            try Self.render(template, messages, tools, (beginText, endText), addGenerationPrompt: true, now: Date(timeIntervalSince1970: 0))
        }
    }

    /// The text a model reads for a conversation. Throws `TemplateError`, with the template's own words where it refuses the messages.
    public func render(
        messages: [ChatTurn], tools: [TemplateValue] = [], addGenerationPrompt: Bool, now: Date
    ) throws -> String {
        try Self.render(template, messages, tools, (beginText, endText), addGenerationPrompt: addGenerationPrompt, now: now)
    }

    private static func render(
        _ template: Template, _ messages: [ChatTurn], _ tools: [TemplateValue], _ texts: (begin: String, end: String),
        addGenerationPrompt: Bool, now: Date
    ) throws -> String {
        try template.render(
            [
                "messages": .array(messages.map(\.value)),
                "tools": tools.isEmpty ? .null : .array(tools),
                "documents": .null,
                "add_generation_prompt": .bool(addGenerationPrompt),
                "bos_token": .string(texts.begin),
                "eos_token": .string(texts.end),
            ],
            now: now)
    }

    /// The tokens of a conversation. What looks like a special token in a turn stays text: only the template writes special tokens.
    package func tokens(
        of messages: [ChatTurn], tools: [TemplateValue] = [], addGenerationPrompt: Bool = true, now: Date,
        by tokenizer: any MarkedTextTokenizer
    ) throws -> [Token] {
        let marks = SpecialTextMarks(tokenizer.added)
        let text = try render(
            messages: messages.map(marks.marked), tools: tools.map(marks.marked), addGenerationPrompt: addGenerationPrompt, now: now)
        let (bytes, places) = SpecialTextMarks.removed(from: text)
        // Most templates write the begin token themselves; it must not come twice.
        let begins = !beginText.isEmpty && bytes.starts(with: beginText.utf8) && places.first ?? .max > beginText.utf8.count
        return tokenizer.encode(bytes, addSpecial: !begins, parseSpecial: true, plainPlaces: places)
    }
}
