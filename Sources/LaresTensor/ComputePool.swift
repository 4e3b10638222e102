import CLaresKernels

/// The one thread pool: fork-join loops for operators, and turns between the classes of work.
///
/// ```swift
/// let pool = ComputePool()
/// defer { pool.close() }
/// pool.forEach(rows) { row in … }
/// ```
/// Call `close()` once before the last reference goes; a pool that was never closed keeps its parked threads.
public final class ComputePool: Sendable {
    // C state made of atomics and, for turns, guarded by its own mutex; the kernel table is constant.
    nonisolated(unsafe) let state: OpaquePointer
    nonisolated(unsafe) let kernels: UnsafePointer<lares_kernel_set>
    let weights = WeightMemory.Arena()
    /// Threads that compute together, the caller included.
    public let threads: Int

    /// The pool of programs that make none of their own; never closed.
    public static let shared = ComputePool()

    /// A pool of `threads` (default: the processors this process may use); one of them is whoever calls.
    public convenience init(threads: Int? = nil) {
        self.init(threads: threads, kernels: lares_kernels())
    }

    /// A pool with one of the kernel sets ("portable", "avx2", "avx512", "neon"); nil where this processor can't run it.
    package convenience init?(threads: Int? = nil, kernelsNamed name: String) {
        guard let set = lares_kernels_named(name) else { return nil }
        self.init(threads: threads, kernels: set)
    }

    private init(threads: Int?, kernels: UnsafePointer<lares_kernel_set>) {
        let wanted = max(1, threads ?? Processors.count)
        let memory = alignedZeros(UInt8.self, count: lares_pool_bytes())
        state = OpaquePointer(memory)
        self.kernels = kernels
        // When the system refuses threads the pool computes on the caller alone.
        self.threads = 1 + Int(lares_pool_open(state, Int32(min(wanted - 1, Int(LARES_POOL_THREADS)))))
    }

    deinit {
        // Parked workers of a pool nobody closed still look at this memory.
        if lares_pool_closed(state) != 0 { UnsafeMutableRawPointer(state).deallocate() }
    }

    /// Name of the instruction set the kernels use: "portable", "avx2", "avx512" or "neon".
    public var instructionSet: String { String(cString: kernels.pointee.name) }

    /// Stops and joins the workers. Loops after it run on their callers. Must not be called from a loop's body.
    public func close() { lares_pool_close(state) }

    /// Calls `body(0 ..< count)` on all threads in chunks that are taken as threads become free; returns when all calls have.
    ///
    /// From inside a body it runs on the thread it is called from, as it does while another thread's loop is under way.
    public func forEach(_ count: Int, _ body: (Int) -> Void) {
        guard count > 0 else { return }
        withoutActuallyEscaping(body) { body in
            var loop = Loop(body: body)
            withUnsafeMutablePointer(to: &loop) {
                lares_pool_run(state, count, { $0!.assumingMemoryBound(to: Loop.self).pointee.body($1) }, $0)
            }
        }
    }

    // A function in a struct has one form; pointed at by itself it would be wrapped on the heap.
    private struct Loop {
        let body: (Int) -> Void
    }

    /// The same with a body in C: threads that share Swift objects would count references for every index.
    func run(_ count: Int, _ body: @convention(c) (UnsafeMutableRawPointer?, Int) -> Void, _ context: UnsafeMutableRawPointer) {
        lares_pool_run(state, count, body, context)
    }

    /// Runs `body` while no other thread has the turn. Waits for more urgent classes and, within a class, in order of arrival. Turns nest.
    public func withTurn<R>(_ work: WorkClass, _ body: () throws -> R) rethrows -> R {
        lares_turn_take(state, Int32(work.rawValue))
        defer { lares_turn_give(state) }
        return try body()
    }

    /// Lets waiting work of a more urgent class go first. Engines call it at layer boundaries; without the turn it does nothing.
    public func yieldTurn() { lares_turn_yield(state) }

    /// Lets waiting work of a more urgent class and of the same class go first: what takes long calls it between two pieces, so that whoever
    /// is as urgent waits for a piece and not for all of it. Without the turn it does nothing.
    public func passTurn() { lares_turn_pass(state) }

    /// Calls `body` for every row, on all threads when there is enough to do.
    func forRows(_ rows: Int, columns: Int, _ body: (Int) -> Void) {
        // 4k floats are about 1 µs of row work, several times what a fork-join costs while the others spin.
        if rows * columns >= 4096 { forEach(rows, body) } else { for row in 0..<rows { body(row) } }
    }
}
