import LaresServing
import Logging

/// Runs the models inside this program for as long as `body` takes.
func withServing<Value: Sendable>(
    store: ModelStore, settings: ServingSettings, _ body: (any ModelClient) async throws -> Value
) async throws -> Value {
    var logger = Logger(label: "lares")
    logger.logLevel = .error
    let serving = Serving(store: store, settings: settings, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serving.run() }
        defer { group.cancelAll() }
        return try await body(serving)
    }
}
