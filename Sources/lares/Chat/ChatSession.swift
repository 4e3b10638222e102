import Foundation
import LaresLanguage
import LaresServer
import LaresServing

/// A conversation in the terminal: what was said, and how answers are asked for.
struct ChatSession {
    private let client: any ModelClient
    private let template: GenerationRequest
    private let system: String?
    private let interrupts: Interrupts
    private let showsStatistics: Bool
    private var messages: [ChatMessage]

    /// - Parameters:
    ///   - client: The models.
    ///   - template: The model, how it samples, and how long answers may be.
    ///   - system: The instruction the model gets first.
    ///   - interrupts: Stops an answer.
    ///   - showsStatistics: Whether tokens and speed follow each answer.
    init(client: any ModelClient, template: GenerationRequest, system: String?, interrupts: Interrupts, showsStatistics: Bool) {
        self.client = client
        self.template = template
        self.system = system
        self.interrupts = interrupts
        self.showsStatistics = showsStatistics
        messages = system.map { [ChatMessage(role: "system", content: $0)] } ?? []
    }

    /// Forgets what was said.
    mutating func clear() { messages = system.map { [ChatMessage(role: "system", content: $0)] } ?? [] }

    /// What an answer came to.
    private struct Answer: Sendable {
        var text = ""
        var usage: Usage?
    }

    /// Says something and prints the answer as it comes. Ctrl-C ends the answer; what there is of it stays in the conversation, and where
    /// there is nothing, neither does the question.
    ///
    /// - Returns: false when the answer was interrupted.
    @discardableResult
    mutating func say(_ text: String) async throws -> Bool {
        var request = template
        let asked = messages + [ChatMessage(role: "user", content: text)]
        request.prompt = .chat(asked)
        let answer = try await answer(to: request)
        Terminal.write(answer.text.hasSuffix("\n") ? "" : "\n")
        if answer.usage != nil || !answer.text.isEmpty { messages = asked + [ChatMessage(role: "assistant", content: answer.text)] }
        if showsStatistics { Terminal.note(Self.statistics(answer.usage)) }
        return answer.usage != nil
    }

    private func answer(to request: GenerationRequest) async throws -> Answer {
        try await interrupts.stopping { [client] in
            var answer = Answer()
            do {
                for try await event in try await client.generate(request) {
                    switch event {
                    case .started: break
                    case .text(let text, _):
                        Terminal.write(text.printable)
                        answer.text += text
                    case .finished(_, let usage): answer.usage = usage
                    }
                }
            } catch is CancellationError {}
            return answer
        }
    }

    private static func statistics(_ usage: Usage?) -> String {
        guard let usage else { return lares.say("cli.run.stopped") }
        let seconds = usage.generation / .seconds(1)
        let rate = seconds > 0 ? Amounts.decimal(Double(max(0, usage.completionTokens - 1)) / seconds, 1) : "–"
        return lares.say(
            "cli.run.statistics",
            ["tokens": "\(usage.completionTokens)", "rate": rate, "prompt": "\(usage.promptTokens)", "cached": "\(usage.cachedTokens)"])
    }
}
