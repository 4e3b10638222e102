import CLaresKernels

/// Learning's loops of the pool's instruction set.
struct Loops: Sendable {
    let pool: ComputePool
    // A constant table.
    nonisolated(unsafe) let set: UnsafePointer<lares_learn_set>

    static var shared: Loops { Loops(.shared) }

    init(_ pool: ComputePool) {
        self.pool = pool
        set = pool.kernels.pointee.learn
    }

    /// Floats of a part: a few microseconds of work, and long enough for whole vectors.
    static let grain = 16384

    /// Calls `body(from, count)` for parts of `count` floats, on all threads when there are many.
    func forParts(_ count: Int, _ body: (Int, Int) -> Void) {
        let parts = (count + Loops.grain - 1) / Loops.grain
        if parts <= 1 { return body(0, count) }
        pool.forEach(parts) { part in
            let from = part * Loops.grain
            body(from, min(Loops.grain, count - from))
        }
    }
}
