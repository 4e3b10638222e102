import Foundation
import LaresLanguage
import LaresServing
import Testing

@Suite(.serialized) struct ServingTests {
    @Test func anAnswerIsTheSameAloneAndInCompany() async throws {
        try await withServing { serving, _ in
            let questions = ["Why is the sky blue?", "Name three fruits.", "What is 2+2?", "Write a haiku.", "Hello!", "为什么天空是蓝色的？"]
            var alone: [String] = []
            for question in questions { alone.append(try await answer(serving, ask(question)).text) }
            let together = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for (index, question) in questions.enumerated() { group.addTask { (index, try await answer(serving, ask(question)).text) } }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(alone == questions.indices.map { together[$0] ?? "" })
            #expect(alone.allSatisfy { !$0.isEmpty })
            let status = await serving.status()
            #expect(status.state == .ready && status.running == 0 && status.queued == 0 && status.cacheUse < 1)
        }
    }

    @Test func theSameBeginningIsNotComputedTwice() async throws {
        try await withServing { serving, _ in
            let long = String(repeating: "The hall light is on. ", count: 30)
            let first = try await answer(serving, ask(long + "Why?"))
            let second = try await answer(serving, ask(long + "Why?"))
            #expect(first.cached == 0 && second.cached > 100)
            #expect(second.usage?.cachedTokens == second.cached)
            #expect(first.text == second.text)
        }
    }

    @Test func aBeginningThatComesSeveralTimesAtOnceIsComputedOnce() async throws {
        try await withServing { serving, _ in
            let home = String(repeating: "The lamp in the hall is on. The window is shut. ", count: 40)
            let cached = try await withThrowingTaskGroup(of: Int.self) { group in
                for room in ["hall", "kitchen", "attic", "garage"] {
                    group.addTask { try await answer(serving, ask(home + "What is on in the \(room)?", maxTokens: 4)).cached }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
            #expect(cached[0] == 0 && cached[1...].allSatisfy { $0 > 400 })
        }
    }

    @Test func limitsAndStopTextsEndAnAnswer() async throws {
        try await withServing { serving, _ in
            let limited = try await answer(serving, ask("Tell me a story.", maxTokens: 5))
            #expect(limited.reason == .length && limited.usage?.completionTokens == 5)
            let whole = try await answer(serving, ask("Tell me a story.", maxTokens: 20)).text
            let stop = String(whole.dropFirst(10).prefix(4))
            let stopped = try await answer(serving, ask("Tell me a story.", maxTokens: 20) { $0.stop = [stop] })
            #expect(stopped.reason == .stop)
            #expect(whole.hasPrefix(stopped.text) && !stopped.text.contains(stop))
            let nothing = try await answer(serving, ask("Tell me a story.", maxTokens: 0))
            #expect(nothing.text.isEmpty && nothing.reason == .length)
        }
    }

    @Test func theSameSeedGivesTheSameText() async throws {
        try await withServing { serving, _ in
            func text(_ seed: UInt64) async throws -> String {
                try await answer(
                    serving, ask("Tell me a story.", maxTokens: 20) { $0.sampling = SamplingParameters(temperature: 1.2, seed: seed) }
                ).text
            }
            let texts = (try await text(1), try await text(1), try await text(2))
            #expect(texts.0 == texts.1 && texts.0 != texts.2)
        }
    }

    @Test func logProbabilitiesCoverTheAnswer() async throws {
        try await withServing { serving, _ in
            let result = try await answer(serving, ask("What is 2+2?", maxTokens: 8) { $0.topLogProbabilities = 3 })
            #expect(result.notes.count == result.usage?.completionTokens)
            #expect(result.notes.allSatisfy { $0.top.count == 3 && $0.top[0].token == $0.chosen.token && $0.chosen.logProbability <= 0 })
            #expect(String(decoding: result.notes.flatMap(\.chosen.bytes), as: UTF8.self) == result.text)
        }
    }

    @Test func aContextThatIsTooLongIsRefusedWithTheNumbers() async throws {
        try await withServing(ServingSettings(contextLimit: 64, cacheTokens: 1_024)) { serving, _ in
            let long = String(repeating: "word ", count: 200)
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask(long)) }
            #expect(error?.code == .contextTooLong && error?.message.contains("64") == true && error?.param == "messages")
            let tooMuch = await #expect(throws: ServingError.self) { try await serving.generate(ask("Hello", maxTokens: 64)) }
            #expect(tooMuch?.code == .contextTooLong)
            let filled = try await answer(serving, ask("Tell me a long story.", maxTokens: nil) { $0.ignoreEnd = true })
            #expect(filled.reason == .length)
            #expect((filled.usage?.promptTokens ?? 0) + (filled.usage?.completionTokens ?? 0) == 64)
        }
    }

    @Test func aReaderWhoLeavesFreesThePlace() async throws {
        try await withServing(ServingSettings(cacheTokens: 1_024, batchLimit: 1)) { serving, _ in
            let endless = ask("Tell me a long story.", maxTokens: 700) { $0.ignoreEnd = true }
            for _ in 0..<3 {
                for try await event in try await serving.generate(endless) { if case .text = event { break } }
            }
            // With one place, this answer comes only when the others are gone.
            #expect(try await answer(serving, ask("Hello", maxTokens: 4)).usage?.completionTokens ?? 0 > 0)
            let status = await serving.status()
            #expect(status.running == 0 && status.queued == 0)
        }
    }

    @Test func aFullQueueSaysWhenToComeBack() async throws {
        try await withServing(ServingSettings(cacheTokens: 1_024, queueLimit: 2, batchLimit: 1)) { serving, _ in
            let endless = ask("Tell me a long story.", maxTokens: 700) { $0.ignoreEnd = true }
            var held: [AsyncThrowingStream<GenerationEvent, any Error>] = []
            var refusal: ServingError?
            for _ in 0..<8 where refusal == nil {
                do { held.append(try await serving.generate(endless)) } catch { refusal = error as? ServingError }
            }
            #expect(refusal?.code == .queueFull && refusal?.retryAfter != nil)
            #expect((2...3).contains(held.count))
            held = []
        }
    }

    @Test func manyRequestsInASmallCacheAllEnd() async throws {
        try await withServing(ServingSettings(cacheTokens: 512)) { serving, _ in
            let reasons = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await answer(serving, ask("Count from \(number).", maxTokens: 90) { $0.ignoreEnd = true }).usage?
                            .completionTokens ?? 0
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reasons == [Int](repeating: 90, count: 12))
        }
    }

    @Test func aModelThatFailsToLoadStopsNobody() async throws {
        try await withServing(ServingSettings(preload: ["broken", "missing"], cacheTokens: 1_024)) { serving, _ in
            let error = await #expect(throws: ServingError.self) { try await serving.load("broken") }
            #expect(error?.code == .loadFailed)
            guard case .failed = try await serving.model("broken").state else { return #expect(Bool(false)) }
            #expect(try await answer(serving, ask("Hello", maxTokens: 4)).usage?.completionTokens ?? 0 > 0)
            #expect(try await serving.model("smollm2").state == .serving)
        }
    }

    @Test func aModelOverTheBudgetIsRefusedAndAnIdleOneMakesRoom() async throws {
        try await withServing(ServingSettings(memoryBudget: 50_000_000)) { serving, _ in
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("Hello")) }
            #expect(error?.code == .outOfMemory && error?.message.contains("50000000") == true)
        }
        try await withServing(ServingSettings(memoryBudget: 260_000_000, cacheTokens: 2_048)) { serving, store in
            _ = try await answer(serving, ask("Hello", maxTokens: 4))
            let twin = try #require(ProcessInfo.processInfo.environment["LARES_TEST_MODELS"]) + "/smollm2.gguf"
            try await store.importModel(at: twin, name: "twin")
            _ = try await answer(serving, ask("Hello", maxTokens: 4) { $0.model = "twin" })
            #expect(try await serving.model("smollm2").state == .stored)
            #expect(try await serving.model("twin").state == .serving)
            #expect(await serving.status().memoryUsed <= 260_000_000)
        }
    }

    @Test(
        arguments: [
            ("temperature", { @Sendable (request: inout GenerationRequest) in request.sampling.temperature = -1 }),
            ("temperature", { request in request.sampling.temperature = .nan }),
            ("top_p", { request in request.sampling.topP = 1.5 }),
            ("max_tokens", { request in request.maxTokens = -1 }),
            ("top_logprobs", { request in request.topLogProbabilities = 21 }),
            ("stop", { request in request.stop = [""] }),
            ("messages", { request in request.prompt = .chat([]) }),
            ("prompt", { request in request.prompt = .tokens([]) }),
            ("prompt", { request in request.prompt = .tokens([-1]) }),
            ("prompt", { request in request.prompt = .tokens([1_000_000]) }),
            ("model", { request in request.model = "missing" }),
        ] as [(String, @Sendable (inout GenerationRequest) -> Void)])
    func valuesOutOfRangeAreNamed(param: String, change: @Sendable (inout GenerationRequest) -> Void) async throws {
        try await withServing(ServingSettings(cacheTokens: 1_024)) { serving, _ in
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("Hello", change)) }
            #expect(error?.param == param)
        }
    }

    @Test func drainingAnswersWhatWasAdmittedAndRefusesTheRest() async throws {
        try await withServing { serving, _ in
            let stream = try await serving.generate(ask("Tell me a story.", maxTokens: 20) { $0.ignoreEnd = true })
            serving.drain()
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("Hello")) }
            #expect(error?.code == .draining)
            var tokens = 0
            for try await event in stream { if case .finished(_, let usage) = event { tokens = usage.completionTokens } }
            #expect(tokens == 20)
        }
    }

    @Test func textsBecomeVectorsInTheirOrder() async throws {
        try await withServing { serving, _ in
            let texts = ["The light is on.", "A lamp is lit.", "Invoices are due in March."] + (0..<40).map { "Sentence \($0)." }
            let all = try await serving.embed(.init(model: "minilm", inputs: texts.map { .text($0) }))
            #expect(all.vectors.count == texts.count && all.model == "minilm" && all.promptTokens > texts.count)
            #expect(all.vectors.allSatisfy { $0.count == 384 && abs(dot($0, $0) - 1) < 1e-4 })
            #expect(dot(all.vectors[0], all.vectors[1]) > dot(all.vectors[0], all.vectors[2]) + 0.1)
            let alone = try await serving.embed(.init(model: "minilm", inputs: [.text(texts[20])], dimensions: 64)).vectors[0]
            #expect(alone.count == 64 && abs(dot(alone, alone) - 1) < 1e-4)
            #expect(dot(alone, Array(all.vectors[20].prefix(64))) > 0)
        }
    }

    @Test func embeddingsAreCheckedBeforeAnythingIsComputed() async throws {
        try await withServing { serving, _ in
            func code(_ request: EmbeddingRequest) async -> ServingError.Code? {
                await #expect(throws: ServingError.self) { try await serving.embed(request) }?.code
            }
            #expect(await code(.init(model: "minilm", inputs: [])) == .invalidRequest)
            #expect(await code(.init(model: "minilm", inputs: [.text("")])) == .invalidRequest)
            #expect(await code(.init(model: "minilm", inputs: [.text("a")], dimensions: 385)) == .invalidRequest)
            #expect(await code(.init(model: "minilm", inputs: [.tokens([1_000_000])])) == .invalidRequest)
            #expect(await code(.init(model: "minilm", inputs: [.text(String(repeating: "word ", count: 600))])) == .contextTooLong)
            #expect(await code(.init(model: "smollm2", inputs: [.text("a")])) == .wrongKind)
            let error = await #expect(throws: ServingError.self) { try await serving.generate(.init(model: "minilm", prompt: .text("a"))) }
            #expect(error?.code == .wrongKind)
        }
    }
}

private func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
