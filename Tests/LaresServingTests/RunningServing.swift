import Foundation
import LaresLanguage
import LaresServing
import LaresStore
import Logging
import Testing

/// The folder of models that `make test` provides.
func testModels() throws -> String {
    try #require(ProcessInfo.processInfo.environment["LARES_TEST_MODELS"], "run `make test`: it provides the models")
}

/// A running server with SmolLM2 ("smollm2"), MiniLM ("minilm") and the tests' damaged model ("broken").
func withServing<R: Sendable>(
    _ settings: ServingSettings = ServingSettings(cacheTokens: 4_096), _ body: @Sendable (Serving, ModelStore) async throws -> R
) async throws -> R {
    try await withServing(of: ["smollm2": "smollm2.gguf", "minilm": "minilm"], settings) { serving, store, home in
        let broken = home.path + "/broken.gguf"
        try tinyGGUF().write(to: broken)
        try await store.importModel(at: broken, name: "broken")
        return try await body(serving, store)
    }
}

/// A running server with these models: names and files of the models' folder.
func withServing<R: Sendable>(
    of models: [String: String], _ settings: ServingSettings = ServingSettings(), now: @escaping @Sendable () -> Date = { Date() },
    _ body: @Sendable (Serving, ModelStore, LaresHome) async throws -> R
) async throws -> R {
    let folder = try testModels()
    return try await withStore { store, home in
        for (name, file) in models { try await store.importModel(at: folder + "/" + file, name: name) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let serving = Serving(store: store, settings: settings, logger: logger, now: now)
        return try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await serving.run()
                return nil
            }
            let result: R
            do {
                result = try await body(serving, store, home)
            } catch {
                group.cancelAll()
                throw error
            }
            serving.drain()
            try await group.waitForAll()
            return result
        }
    }
}

struct Answer: Sendable {
    var text = ""
    var cached = 0
    var reason: FinishReason?
    var usage: Usage?
    var notes: [TokenLogProbability] = []
}

func answer(_ serving: Serving, _ request: GenerationRequest) async throws -> Answer {
    var answer = Answer()
    for try await event in try await serving.generate(request) {
        switch event {
        case .started(_, let cached): answer.cached = cached
        case .text(let text, let notes):
            answer.text += text
            answer.notes += notes
        case .finished(let reason, let usage): (answer.reason, answer.usage) = (reason, usage)
        }
    }
    return answer
}

func ask(_ text: String, maxTokens: Int? = 24, _ change: (inout GenerationRequest) -> Void = { _ in }) -> GenerationRequest {
    var request = GenerationRequest(
        model: "smollm2", prompt: .chat([ChatMessage(role: "user", content: text)]), sampling: SamplingParameters(temperature: 0),
        maxTokens: maxTokens)
    change(&request)
    return request
}
