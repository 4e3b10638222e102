import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite(.serialized) struct ChatTests {
    static let greedy = SamplingParameters(temperature: 0)

    @Test func aConversationStreamsAndRemembers() async throws {
        let pool = ComputePool(threads: 2)
        defer { pool.close() }
        let model = try LanguageModel(contentsOf: testModel("smollm2.gguf"), pool: pool)
        #expect(model.family == "llama" && model.quantisation == "Q4_1" && model.contextLength == 8192 && model.chatTemplateProblem == nil)
        #expect(model.parameterCount > 134_000_000 && model.parameterCount < 135_000_000)
        let chat = Chat(model, system: "You are a helpful assistant.", sampling: Self.greedy, maxTokens: 24)
        var pieces: [String] = []
        for try await piece in chat.respond(to: "What is the capital of France? Answer in one word.") { pieces.append(piece) }
        print("SmolLM2 says: \(pieces.joined())")
        #expect(pieces.joined().contains("Paris") && !pieces.joined().contains("<|im_end|>"))
        for try await _ in chat.respond(to: "And of Italy?") {}
        #expect(chat.messages.map(\.role) == ["system", "user", "assistant", "user", "assistant"])
        #expect(chat.messages[2].content == pieces.joined())
        #expect(chat.messages[4].content.contains("Rome"))
    }

    @Test func leavingTheLoopKeepsWhatWasReadAndTheNextTurnWorks() async throws {
        let pool = ComputePool(threads: 2)
        defer { pool.close() }
        let chat = Chat(try LanguageModel(contentsOf: testModel("smollm2.gguf"), pool: pool), sampling: Self.greedy, maxTokens: 40)
        var first = ""
        for try await piece in chat.respond(to: "Count from one to a hundred.") {
            first += piece
            if first.count > 5 { break }
        }
        #expect(chat.messages.last?.content == first)
        var second = ""
        for try await piece in chat.respond(to: "Say hello.") { second += piece }
        #expect(!second.isEmpty && chat.messages.count == 4)
    }

    @Test func theTemplateOfTheModelIsUsed() throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let model = try LanguageModel(contentsOf: testModel("smollm2.gguf"), pool: pool)
        let turns = [ChatTurn(role: "system", content: "Be brief."), ChatTurn(role: "user", content: "Hi")]
        let text = try model.chatTemplate?.render(messages: turns, addGenerationPrompt: true, now: Date(timeIntervalSince1970: 0))
        #expect(text == "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
        let tokens = try model.encode(turns, now: Date(timeIntervalSince1970: 0))
        #expect(tokens.first == 1 && tokens.filter { $0 == 1 }.count == 3)
    }

    @Test func aModelWithoutATemplateSaysSo() throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let model = try LanguageModel(contentsOf: testModel("gemma3.gguf"), pool: pool)
        #expect(model.chatTemplate == nil)
        #expect { try model.encode([ChatTurn(role: "user", content: "Hi")], now: Date()) } throws: {
            ($0 as? LanguageModelError)?.code == .noChatTemplate
        }
    }

    @Test func aReadyModelTakesLittleMoreMemoryThanItsFile() throws {
        let pool = ComputePool(threads: 2)
        defer { pool.close() }
        let model = try LanguageModel(contentsOf: testModel("smollm2.gguf"), pool: pool)
        #expect(Double(model.weightBytes) < 1.1 * Double(model.fileBytes))
        #expect(model.bytesPerPage() == 30 * 2 * 16 * 3 * 64 * 2)
    }
}
