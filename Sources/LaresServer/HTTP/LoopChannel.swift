package import HummingbirdCore
package import Logging
package import NIOCore

/// Answers a connection's requests on the thread that reads and writes it.
///
/// By default a request goes from that thread to Swift's pool and back, and waking a sleeping thread takes longer than answering a brief
/// request. What takes long leaves this thread again (``PoolMiddleware``).
package struct LoopChannel<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base

    /// - Parameter base: What does the answering.
    package init(base: Base) { self.base = base }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> { base.setup(channel: channel, logger: logger) }

    package func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(loop: value.channel.eventLoop)) { await base.handle(value: value, logger: logger) }
    }
}

/// Runs tasks on the thread of an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
