import LaresServer
import ServiceLifecycle

/// Keeps the process as small as it can be while it runs.
struct SmallHeap: Service {
    func run() async throws { await cancelWhenGracefulShutdown { await Heap.keepSmall() } }
}
