import Foundation
import LaresJSON
import Synchronization

/// A training in a child process of the same program: whatever happens to it, this process goes on.
public final class TrainingChild: Sendable {
    private let executable: String
    private let state = Mutex(State())

    private struct State {
        var process: pid_t?
        /// A stop that comes before the process is there must not be lost.
        var isStopped = false
    }

    /// - Parameter executable: A program with the subcommand `train-worker`; this one unless told otherwise.
    public init(executable: String = "/proc/self/exe") {
        self.executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: executable)) ?? executable
    }

    /// Runs an order to its end; the result is the event that it came to. A task that is cancelled asks for a checkpoint and the end.
    /// Throws when the program can't be started.
    public func run(_ order: TrainingOrder, each: @escaping @Sendable (TrainingEvent) -> Void) async throws -> TrainingEvent {
        try await withTaskCancellationHandler {
            // A thread of its own: reading waits, and a cancelled task must still hear what the child says last.
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(with: Result { try self.follow(order, each) })
                }
            }
        } onCancel: {
            stop()
        }
    }

    /// Asks for a checkpoint and the end.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            if let process = state.process { kill(process, SIGTERM) }
        }
    }

    private func follow(_ order: TrainingOrder, _ each: (TrainingEvent) -> Void) throws -> TrainingEvent {
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw JobError(.programGone, "the program was replaced or removed while it ran: restart Lares, then train again")
        }
        let (process, input, output) = (process(order), Pipe(), Pipe())
        // The child takes the end of its input for the end of this process, so it stays open.
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        state.withLock { state in
            state.process = process.processIdentifier
            if state.isStopped { kill(process.processIdentifier, SIGTERM) }
        }
        let last = read(output.fileHandleForReading, each)
        let isStopped = state.withLock { state in
            state.process = nil
            return state.isStopped
        }
        process.waitUntilExit()
        try? input.fileHandleForWriting.close()
        // One that is stopped before it listens says nothing.
        return last ?? (isStopped && process.terminationStatus == SIGTERM ? .stopped : .failed(words(process)))
    }

    private func process(_ order: TrainingOrder) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = order.arguments
        var environment = ProcessInfo.processInfo.environment
        environment["LARES_COMPUTE_THREADS"] = String(order.threads)
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Hands on the events until the child says no more; the one that ends the training, nil when there was none.
    private func read(_ output: FileHandle, _ each: (TrainingEvent) -> Void) -> TrainingEvent? {
        var (line, last): ([UInt8], TrainingEvent?) = ([], nil)
        while case let piece = output.availableData, !piece.isEmpty {
            line += piece
            let lines = line.split(separator: 0x0A, omittingEmptySubsequences: false)
            for text in lines.dropLast() {
                guard let json = try? JSON(parsing: Array(text)), let event = TrainingEvent(json) else { continue }
                if event.isLast { last = event }
                each(event)
            }
            line = Array(lines.last ?? [])
        }
        return last
    }

    private func words(_ process: Process) -> String {
        process.terminationReason == .uncaughtSignal
            ? "the training's process was ended by signal \(process.terminationStatus): its memory limit may be too small, or someone "
                + "killed it; started again, it goes on from its last checkpoint"
            : "the training's process ended with \(process.terminationStatus) and said nothing"
    }
}

extension TrainingEvent {
    fileprivate var isLast: Bool {
        switch self {
        case .stopped, .finished, .failed: true
        case .started, .progress: false
        }
    }
}
