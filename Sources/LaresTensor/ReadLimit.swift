import CLaresKernels

/// How fast the memory of this machine can be read, for judging how near a kernel comes to it.
public enum ReadLimit {
    private static let rows = 64, columns = 1 << 20

    /// Bytes a second that `threads` threads (default: all) read together from memory much larger than the usual caches, in pages as large as
    /// those of weights: the best of five. 0 when the system has no memory for it.
    public static func bytesPerSecond(_ threads: Int? = nil) -> Double {
        let pool = ComputePool(threads: threads)
        defer { pool.close() }
        let bytes = rows * columns * MemoryLayout<Float>.stride
        guard let (memory, start) = try? pool.weights.reserve(bytes) else { return 0 }
        defer { extendLifetime(memory) }
        let floats = UnsafeMutableRawPointer(start).bindMemory(to: Float.self, capacity: rows * columns)
        pool.forEach(rows) { row in
            for i in stride(from: 0, to: columns, by: 1_024) { floats[row * columns + i] = 1 }
        }
        let best = (0..<5).map { _ in seconds(floats, pool) }.min() ?? 1
        return Double(bytes) / max(best, 1e-9)
    }

    private static func seconds(_ floats: UnsafeMutablePointer<Float>, _ pool: ComputePool) -> Double {
        let began = ContinuousClock.now
        pool.forEach(rows) { row in _ = pool.kernels.pointee.maximum(floats + row * columns, columns) }
        return (ContinuousClock.now - began) / .seconds(1)
    }
}
