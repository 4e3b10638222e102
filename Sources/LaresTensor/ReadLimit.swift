import CLaresKernels

/// How fast the memory of this machine can be read, for judging how near a kernel comes to it.
public enum ReadLimit {
    /// Bytes a second that `threads` threads (default: all) read together from memory much larger than the usual caches: the best of five.
    public static func bytesPerSecond(_ threads: Int? = nil) -> Double {
        let pool = ComputePool(threads: threads)
        defer { pool.close() }
        let buffer = Buffer(rows: 64, columns: 1 << 20)
        pool.forEach(buffer.rows) { row in
            for i in stride(from: 0, to: buffer.columns, by: 1_024) { buffer[row][i] = 1 }
        }
        let best = (0..<5).map { _ in seconds(buffer, pool) }.min() ?? 1
        return Double(buffer.byteCount) / max(best, 1e-9)
    }

    private static func seconds(_ buffer: Buffer, _ pool: ComputePool) -> Double {
        let began = ContinuousClock.now
        pool.forEach(buffer.rows) { row in _ = pool.kernels.pointee.maximum(buffer[row].baseAddress, buffer.columns) }
        return (ContinuousClock.now - began) / .seconds(1)
    }
}
