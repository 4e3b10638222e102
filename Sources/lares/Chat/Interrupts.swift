import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as something a chat can wait for, instead of the end of the program.
final class Interrupts: Sendable {
    private let handler = Mutex<(@Sendable () -> Void)?>(nil)
    private let source: Mutex<(any DispatchSourceSignal)?> = Mutex(nil)

    init() {
        signal(SIGINT, SIG_IGN)
        source.withLock { slot in
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            source.setEventHandler { [weak self] in self?.interrupt() }
            source.activate()
            slot = source
        }
    }

    private func interrupt() {
        let handler = handler.withLock { $0 }
        handler?()
    }

    /// What an interrupt does from now on.
    func handle(_ action: (@Sendable () -> Void)?) { handler.withLock { $0 = action } }

    /// Runs something until it is done or interrupted; an interrupted task is cancelled and gives what it has.
    func stopping<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (presses, continuation) = AsyncStream<Void>.makeStream()
        let before = handler.withLock { $0 }
        handle { continuation.yield() }
        defer { handle(before) }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                for await _ in presses { return nil }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }
}
