import Foundation
import LaresLanguage
import LaresServing
import Metrics
import MetricsTestKit
import Synchronization
import Testing

/// What this process measures; the models of tests that look at it have names of their own.
private let measured: TestMetrics = {
    let metrics = TestMetrics()
    MetricsSystem.bootstrap(metrics)
    return metrics
}()

@Suite(.serialized, .timeLimit(.minutes(2))) struct ServingLimitsTests {
    private let tiny = "random/llama-q4_0.gguf"
    private let prompt = Prompt.tokens((0..<200).map { Token(10 + $0) })

    @Test func severalAnswersReadTheirPromptOnce() async throws {
        try await withServing(of: ["a": tiny], ServingSettings(stepTokens: 32)) { serving, _, _ in
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for seed in 1...4 {
                    let request = GenerationRequest(
                        model: "a", prompt: prompt, sampling: SamplingParameters(temperature: 1, seed: UInt64(seed)), maxTokens: 40,
                        ignoreEnd: true)
                    group.addTask { try await answer(serving, request) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.map(\.cached).sorted() == [0, 192, 192, 192])
            #expect(answers.allSatisfy { $0.usage?.completionTokens == 40 })
        }
    }

    @Test func stoppingEndsAnswersThatAreBeingWritten() async throws {
        try await withServing(of: ["big": "smollm2.gguf"]) { serving, _, _ in
            let stream = try await serving.generate(.init(model: "big", prompt: .text("Once"), maxTokens: 2_000, ignoreEnd: true))
            let error = await #expect(throws: ServingError.self) {
                for try await event in stream { if case .text = event { serving.stop() } }
            }
            #expect(error?.code == .draining && error?.retryAfter != nil)
            #expect(await serving.status().state == .draining)
        }
    }

    @Test func aLoadIsNotWaitedForWhenTheServerDrains() async throws {
        try await withServing(of: ["big": "gemma3.gguf"]) { serving, _, _ in
            let loading = Task { try await serving.load("big") }
            while try await serving.model("big").state == .stored { await Task.yield() }
            serving.drain()
            let error = await #expect(throws: ServingError.self) { try await loading.value }
            #expect(error?.code == .draining)
            #expect(try await serving.model("big").state == .loading)
        }
    }

    @Test func anEmbeddingThatWasGivenUpBeforeItBeganIsNotComputed() async throws {
        try await withServing(of: ["minilm": "minilm"]) { serving, _, _ in
            try await serving.load("minilm")
            let texts = [EmbeddingInput](repeating: .text(String(repeating: "word ", count: 400)), count: 300)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await serving.embed(.init(model: "minilm", inputs: texts))
            }
            let error = await #expect(throws: ServingError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func textsThatCannotFitAreRefusedBeforeTheyAreCutIntoTokens() async throws {
        try await withServing(of: ["a": tiny, "minilm": "minilm"]) { serving, _, _ in
            let long = String(repeating: "word ", count: 4 << 20)
            let error = await #expect(throws: ServingError.self) { try await serving.generate(.init(model: "a", prompt: .text(long))) }
            #expect(error?.code == .contextTooLong && error?.message.contains("at least") == true)
            let embedding = await #expect(throws: ServingError.self) {
                try await serving.embed(.init(model: "minilm", inputs: [.text("a"), .text(long)]))
            }
            #expect(embedding?.code == .contextTooLong && embedding?.message.contains("input 1 has 20971520 bytes") == true)
        }
    }

    @Test(arguments: [256, 257])
    func stopTextsHaveALimit(length: Int) async throws {
        try await withServing(of: ["a": tiny]) { serving, _, _ in
            let request = GenerationRequest(
                model: "a", prompt: prompt, stop: [String(repeating: "x", count: length)], maxTokens: 2, ignoreEnd: true)
            if length == 256 {
                let taken = try await answer(serving, request)
                #expect(taken.usage?.completionTokens == 2)
            } else {
                let error = await #expect(throws: ServingError.self) { try await serving.generate(request) }
                #expect(error?.code == .invalidRequest && error?.param == "stop")
            }
        }
    }

    @Test func templatesAreToldTheTimeOfTheClockThatWasGiven() async throws {
        let asked = Mutex(0)
        let clock: @Sendable () -> Date = {
            asked.withLock { $0 += 1 }
            return Date(timeIntervalSince1970: 0)
        }
        try await withServing(of: ["big": "smollm2.gguf"], now: clock) { serving, _, _ in
            let chat = Prompt.chat([ChatMessage(role: "user", content: "Hello")])
            _ = try await answer(serving, .init(model: "big", prompt: chat, maxTokens: 1))
        }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func embeddingsAreMeasured() async throws {
        let metrics = measured
        try await withServing(of: ["measured-minilm": "minilm"]) { serving, _, _ in
            let response = try await serving.embed(.init(model: "measured-minilm", inputs: [.text("a lamp"), .text("a light")]))
            let labels = [("model", "measured-minilm")]
            #expect(try metrics.expectCounter("lares_embeddings", labels + [("outcome", "done")]).totalValue == 1)
            #expect(try metrics.expectCounter("lares_embedded_tokens", labels).totalValue == Int64(response.promptTokens))
            #expect(try metrics.expectTimer("lares_embedding_time", labels).values.count == 1)
        }
    }

    @Test func anEmptyAnswerHasATimeToItsEnd() async throws {
        let metrics = measured
        try await withServing(of: ["measured-llama": tiny]) { serving, _, _ in
            var request = GenerationRequest(model: "measured-llama", prompt: prompt, sampling: SamplingParameters(temperature: 0))
            request.sampling.logitBias = [1: 1_000]
            let empty = try await answer(serving, request)
            #expect(empty.reason == .stop && empty.usage?.completionTokens == 0)
            let labels = [("model", "measured-llama")]
            #expect(try metrics.expectTimer("lares_time_to_first_token", labels).values.count == 1)
            #expect(metrics.counterTotal(label: "lares_generated_tokens", dimensions: labels) == 0)
            #expect((empty.usage?.prompt ?? .zero) > .zero)
        }
    }
}
