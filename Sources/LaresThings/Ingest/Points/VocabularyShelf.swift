internal import Synchronization

/// Vocabularies that nobody uses at the moment: who sends again finds the names it used before.
///
/// All of them together have one budget; those that lie there longest go first. A name that goes is read again when it comes again.
package final class VocabularyShelf: Sendable {
    private struct Shelved {
        let tenant: String
        let format: PointFormat
        let vocabulary: Vocabulary
        let size: Int
    }

    private struct State {
        /// In the order in which they were put here.
        var shelved: [Shelved] = []
        var bytes = 0
    }

    private let state = Mutex(State())
    private let budget: Int
    /// So many vocabularies at most, however small: each is looked at to find one.
    private static let most = 256

    /// - Parameter bytes: memory of all vocabularies together.
    init(bytes: Int) { budget = bytes }

    /// How many there are, and the memory they take.
    package var size: (vocabularies: Int, bytes: Int) { state.withLock { ($0.shelved.count, $0.bytes) } }

    func take(_ tenant: Tenant, _ format: PointFormat) -> Vocabulary {
        state.withLock { state -> Vocabulary? in
            guard let place = state.shelved.lastIndex(where: { $0.tenant == tenant.name && $0.format == format }) else { return nil }
            state.bytes -= state.shelved[place].size
            return state.shelved.remove(at: place).vocabulary
        } ?? Vocabulary()
    }

    /// Keeps a vocabulary, unless it is too large or most of its names were refused.
    func put(_ vocabulary: Vocabulary, _ tenant: Tenant, _ format: PointFormat) {
        let shelved = Shelved(tenant: tenant.name, format: format, vocabulary: vocabulary, size: vocabulary.size)
        guard shelved.size <= budget, !vocabulary.isMostlyRefused else { return }
        let dropped = state.withLock { state -> [Shelved] in
            state.shelved.append(shelved)
            state.bytes += shelved.size
            var (count, bytes) = (0, state.bytes)
            while bytes > budget || state.shelved.count - count > Self.most {
                bytes -= state.shelved[count].size
                count += 1
            }
            defer { state.shelved.removeFirst(count) }
            state.bytes = bytes
            return Array(state.shelved.prefix(count))
        }
        // Freed here: a hundred thousand names take milliseconds, and others wait for the lock.
        withExtendedLifetime(dropped) {}
    }
}
