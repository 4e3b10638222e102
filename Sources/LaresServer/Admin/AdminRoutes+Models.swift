import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

extension AdminRoutes {
    /// `POST /lares/v1/models`: fetches a model; the progress comes as server-sent events, the last one is `{"model": …}`.
    func pull(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let store = try requireStore()
        let fields = try await fields(request, "source", "name", "base")
        let source = try Self.source(try fields.requiredString("source"), for: context.caller)
        let (name, base) = (try fields.string("name"), try fields.string("base"))
        let presence = await context.channel.clientPresence()
        return .events { events in
            try await Self.pull(source, name: name, base: base, store: store, presence: presence) { model in
                note(source.isPath ? .modelImported : .modelPulled, model, context)
            } send: {
                try await events.send($0)
            }
        }
    }

    /// A file of this machine is named by those on this machine only: for others, "there is no model in this file" would already tell
    /// which files there are.
    private static func source(_ text: String, for caller: Caller) throws -> ModelSource {
        let source: ModelSource
        do { source = try ModelSource(text) } catch { throw APIError.invalid("\(error)", param: "source") }
        guard !source.isPath || caller.isLocal else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "files of the server's machine are not taken in from elsewhere: run `lares import` there", param: "source")
        }
        return source
    }

    private static func pull(
        _ source: ModelSource, name: String?, base: String?, store: ModelStore, presence: ClientPresence,
        _ note: @escaping @Sendable (String) -> Void, send: (JSON) async throws -> Void
    ) async throws {
        let (progress, continuation) = AsyncThrowingStream<JSON, any Error>.makeStream(bufferingPolicy: .bufferingNewest(64))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let model = try await store.pull(source, name: name, base: base) { continuation.yield($0.json) }
                    note(model.name)
                    continuation.yield(["model": model.description.laresJSON])
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: APIError.pull(error))
                }
            }
            group.addTask {
                await presence.waitUntilGone()
                continuation.finish(throwing: presence.departure)
            }
            defer { group.cancelAll() }
            for try await event in progress { try await send(event) }
        }
    }

    /// `DELETE /lares/v1/models/{model}`: out of memory first, so a model that is answering stays.
    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let name = context.parameter("model") ?? ""
        let store = try requireStore()
        do {
            try await client.unload(name)
            let freed = try store.remove(name)
            note(.modelRemoved, name, context)
            return .json(["removed": .string(name), "bytes_freed": .int(freed)])
        } catch {
            throw APIError(error)
        }
    }
}

extension APIError {
    /// A pull that failed: its own words, which are written for people.
    fileprivate static func pull(_ error: any Error) -> APIError {
        if let error = error as? ServingError { return APIError(error) }
        if let error = error as? PullError, error.code != .noSpace {
            return APIError(.badGateway, type: "server_error", code: "pull_failed", error.message)
        }
        return APIError(error)
    }
}

extension PullProgress {
    fileprivate var json: JSON {
        [
            "stage": .string(stage.rawValue), "file": .string(file), "bytes": .int(bytes), "total": total.map { .int($0) } ?? .null,
            "bytes_per_second": .double(bytesPerSecond),
        ]
    }
}
