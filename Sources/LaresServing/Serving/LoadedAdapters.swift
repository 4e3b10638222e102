import Foundation
import LaresLanguage
import Synchronization

/// The adapters of a model that were used last, in memory beside it.
final class LoadedAdapters: Sendable {
    /// Most bytes of adapters beside one model, the one in use apart.
    private static let bytes = 256 << 20
    private let model: LanguageModel
    private let kept = Mutex(RecentlyUsed<Digest, Adapter>(count: 64, bytes: bytes))

    init(_ model: LanguageModel) { self.model = model }

    /// Bytes of all of them.
    var byteCount: Int { kept.withLock { $0.bytes } }

    func has(_ digest: Digest) -> Bool { kept.withLock { $0.has(digest) } }

    func remove(_ digest: Digest) { kept.withLock { $0.remove(digest) } }

    /// The adapter in a file, read when it isn't here; that blocks, so it gets a thread of its own.
    ///
    /// - Throws: ``ServingError`` with code `loadFailed`.
    func adapter(_ stored: StoredModel, at path: String) async throws -> Adapter {
        guard let digest = stored.digest else { throw failure(stored, "it has no file") }
        if let adapter = kept.withLock({ $0.value(digest) }) { return adapter }
        let adapter = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Adapter, any Error>) in
            Thread.detachNewThread { [model] in
                continuation.resume(with: Result { try model.adapter(contentsOf: path) }.mapError { self.failure(stored, "\($0)") })
            }
        }
        return kept.withLock { kept in
            // Whoever came first, so that all share pages of the cache.
            if let first = kept.value(digest) { return first }
            kept.insert(digest, adapter, bytes: adapter.byteCount)
            return adapter
        }
    }

    private func failure(_ stored: StoredModel, _ why: String) -> any Error {
        ServingError(.loadFailed, "the adapter '\(stored.name)' can't be loaded: \(why)", param: "model")
    }
}
