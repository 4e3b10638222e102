import Foundation
import Synchronization

/// Runs a body on a thread with a stack of 512 KiB, the smallest a host may give.
enum SmallStack {
    static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
        let box = Box(body)
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = box.body()
            box.result.withLock { $0 = result }
            done.signal()
        }
        thread.stackSize = 512 << 10
        thread.start()
        done.wait()
        return box.result.withLock { $0 }
    }

    private final class Box<Result: Sendable>: Sendable {
        let body: @Sendable () -> Result
        let result = Mutex<Result?>(nil)

        init(_ body: @escaping @Sendable () -> Result) { self.body = body }
    }
}
