import Foundation
import LaresLanguage
import LaresServing
import LaresStore
import LaresTensor
import Testing

/// Asks a model with random weights; what it says means nothing.
private func ask(_ model: String, maxTokens: Int = 4) -> GenerationRequest {
    GenerationRequest(
        model: model, prompt: .tokens((0..<40).map { Token(10 + $0) }), sampling: SamplingParameters(temperature: 0), maxTokens: maxTokens,
        ignoreEnd: true)
}

/// Asks again while the answer is that somebody else must be done first.
private func askPatiently(_ serving: Serving, _ request: GenerationRequest) async throws -> Answer {
    while true {
        do {
            return try await answer(serving, request)
        } catch let error as ServingError where [.memoryBusy, .inUse].contains(error.code) {
            #expect(error.retryAfter != nil)
            await Task.yield()
        }
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct ShelfTests {
    private let tiny = "random/llama-q4_0.gguf"
    private let other = "random/llama-q8_0.gguf"
    // Room for two of the tiny models with their caches, not for three.
    private let small = ServingSettings(memoryBudget: 12_000_000, cacheTokens: 1_024)

    @Test func aModelIsTakenOutOfMemoryAndComesBack() async throws {
        try await withServing(of: ["a": tiny]) { serving, store, _ in
            try await serving.unload("a")
            let first = try await answer(serving, ask("a"))
            try store.setAlias("other", to: "a")
            try await serving.unload("other")
            #expect(try await serving.model("a").state == .stored)
            #expect(await serving.status().memoryUsed == 0)
            #expect(try await answer(serving, ask("a")).text == first.text)
        }
    }

    @Test func aModelThatAnswersIsNotTakenOut() async throws {
        try await withServing(of: ["big": "smollm2.gguf"]) { serving, _, _ in
            let held = try await serving.generate(ask("big", maxTokens: 2_000))
            let error = await #expect(throws: ServingError.self) { try await serving.unload("big") }
            #expect(error?.code == .inUse && error?.retryAfter != nil)
            _ = held
        }
    }

    @Test func newFilesUnderAnOldNameAreServed() async throws {
        try await withServing(of: ["a": tiny]) { serving, store, _ in
            _ = try await answer(serving, ask("a"))
            let old = try await serving.model("a")
            try store.remove("a")
            try await store.importModel(at: testModels() + "/" + other, name: "a")
            #expect(try await answer(serving, ask("a")).usage?.completionTokens == 4)
            let new = try await serving.model("a")
            #expect(new.state == .serving && new.sha256 != old.sha256 && new.memoryBytes != old.memoryBytes)
        }
    }

    @Test func newFilesWaitForAnswersOfTheOldOnes() async throws {
        try await withServing(of: ["big": "smollm2.gguf"]) { serving, store, _ in
            var held: AsyncThrowingStream<GenerationEvent, any Error>? = try await serving.generate(ask("big", maxTokens: 2_000))
            try store.remove("big")
            try await store.importModel(at: testModels() + "/" + tiny, name: "big")
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("big")) }
            #expect(error?.code == .inUse && error?.retryAfter != nil)
            _ = held
            held = nil
            #expect(try await askPatiently(serving, ask("big")).usage?.completionTokens == 4)
        }
    }

    @Test func aModelThatWasRemovedCanBeTakenOut() async throws {
        try await withServing(of: ["a": tiny]) { serving, store, _ in
            _ = try await answer(serving, ask("a"))
            try store.remove("a")
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("a")) }
            #expect(error?.code == .modelNotFound)
            try await serving.unload("a")
            #expect(await serving.status().memoryUsed == 0)
        }
    }

    @Test func aBusyModelStandsInTheWayForATimeOnly() async throws {
        let settings = ServingSettings(memoryBudget: 260_000_000, cacheTokens: 2_048)
        try await withServing(of: ["big": "smollm2.gguf", "gemma": "gemma3.gguf"], settings) { serving, _, _ in
            let never = await #expect(throws: ServingError.self) { try await serving.generate(ask("gemma")) }
            #expect(never?.code == .outOfMemory)
            let gemma = try await serving.model("gemma")
            #expect(gemma.state == .stored)
        }
        try await withServing(of: ["big": "smollm2.gguf", "twin": "smollm2.gguf"], settings) { serving, _, _ in
            var held: AsyncThrowingStream<GenerationEvent, any Error>? = try await serving.generate(ask("big", maxTokens: 2_000))
            let error = await #expect(throws: ServingError.self) { try await serving.generate(ask("twin")) }
            #expect(error?.code == .memoryBusy && error?.retryAfter != nil)
            _ = held
            held = nil
            #expect(try await askPatiently(serving, ask("twin")).usage?.completionTokens == 4)
        }
    }

    /// What a model takes is known to the byte before it is read: one byte less is refused, with the numbers.
    @Test func aModelIsRefusedBeforeItIsReadUnlessItFitsExactly() async throws {
        let needs = try ModelNeeds(gguf: testModels() + "/random/llama-q2_k.gguf", batchLimit: 1)
        let exact = needs.weightBytes + needs.workBytes + needs.pageBytes
        func settings(_ budget: Int) -> ServingSettings { ServingSettings(memoryBudget: budget, cacheTokens: 16, batchLimit: 1) }
        try await withServing(of: ["a": "random/llama-q2_k.gguf"], settings(exact - 1)) { serving, _, _ in
            let error = await #expect(throws: ServingError.self) { try await serving.load("a") }
            #expect(error?.code == .outOfMemory && error?.message.contains("\(needs.weightBytes) bytes of weights") == true)
            #expect(await serving.status().memoryUsed == 0)
        }
        try await withServing(of: ["a": "random/llama-q2_k.gguf"], settings(exact)) { serving, _, _ in
            try await serving.load("a")
            #expect(await serving.status().memoryUsed == exact)
        }
    }

    @Test func modelsThatPushEachOtherOutAreNeverLost() async throws {
        try await withServing(of: ["a": tiny, "b": other, "c": "random/llama-q5_0.gguf"], small) { serving, _, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for turn in 0..<15 { _ = try await askPatiently(serving, ask(["a", "b", "c"][(task + turn) % 3])) }
                    }
                }
                group.addTask {
                    for turn in 0..<60 { try? await serving.unload(["a", "b", "c"][turn % 3]) }
                }
                try await group.waitForAll()
            }
            #expect(await serving.status().memoryUsed <= small.memoryBudget)
            for name in ["a", "b", "c"] { #expect(try await answer(serving, ask(name)).usage?.completionTokens == 4) }
        }
    }
}
