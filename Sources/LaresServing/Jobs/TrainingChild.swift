import Foundation
import Glibc
import LaresJSON
import LaresProcess
import Synchronization

/// A training in a child process of the same program: whatever happens to it, this process goes on.
public final class TrainingChild: Sendable {
    private enum Cause { case asked, time }

    private struct State {
        var process: pid_t?
        /// A stop that comes before the process is there must not be lost.
        var cause: Cause?
    }

    private let executable: String
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - executable: A program with the subcommand `train-worker`; this one unless told otherwise.
    ///   - patience: How long a child that is asked to stop may take before it is killed; it answers between two steps.
    public init(executable: String = "/proc/self/exe", patience: Duration = .seconds(30)) {
        self.executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: executable)) ?? executable
        self.patience = patience
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
    public func stop() { stop(.asked) }

    private func stop(_ cause: Cause) {
        let process = state.withLock { state in
            state.cause = state.cause ?? cause
            return state.process
        }
        if let process { end(process) }
    }

    /// Asks a process to end, and makes it when it takes too long.
    private func end(_ process: pid_t) {
        signal(process, SIGTERM)
        after(patience) { self.signal(process, SIGKILL) }
    }

    private func signal(_ process: pid_t, _ signal: Int32) {
        state.withLock { if $0.process == process { kill(process, signal) } }
    }

    @discardableResult
    private func after(_ time: Duration, _ body: @escaping @Sendable () -> Void) -> DispatchWorkItem {
        let item = DispatchWorkItem(block: body)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(time / .milliseconds(1))), execute: item)
        return item
    }

    private func follow(_ order: TrainingOrder, _ each: (TrainingEvent) -> Void) throws -> TrainingEvent {
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw JobError(.programGone, "the program was replaced or removed while it ran: restart Lares, then train again")
        }
        let process = process(order)
        // The child takes the end of its input for the end of this process, so it stays open.
        let (input, output) = try ChildLaunch.alone {
            let (input, output) = (Pipe(), Pipe())
            (process.standardInput, process.standardOutput) = (input, output)
            try process.run()
            return (input, output)
        }
        let isStopped = state.withLock { state in
            state.process = process.processIdentifier
            return state.cause != nil
        }
        if isStopped { end(process.processIdentifier) }
        let alarm = order.limits.seconds.map { limit in after(.seconds(max(0, limit - order.spent))) { self.stop(.time) } }
        let last = read(output.fileHandleForReading, each)
        alarm?.cancel()
        let cause = state.withLock { state in
            state.process = nil
            return state.cause
        }
        process.waitUntilExit()
        try? input.fileHandleForWriting.close()
        return conclusion(last, process, cause, order.limits)
    }

    private func process(_ order: TrainingOrder) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = order.arguments
        var environment = ProcessInfo.processInfo.environment
        environment["LARES_COMPUTE_THREADS"] = String(order.threads)
        // Nobody reads what it would print, and it takes half a minute before the end of a child that crashes is seen.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Hands on the events until the child says no more; the one that ends the training, nil when there was none.
    private func read(_ output: FileHandle, _ each: (TrainingEvent) -> Void) -> TrainingEvent? {
        var (line, last): ([UInt8], TrainingEvent?) = ([], nil)
        while case let piece = Self.piece(of: output.fileDescriptor), !piece.isEmpty {
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

    /// What can be read now; empty at the end. `FileHandle.availableData` traps when a signal interrupts it.
    private static func piece(of descriptor: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return Array(buffer.prefix(count)) }
            guard errno == EINTR else { return [] }
        }
    }

    private func conclusion(_ last: TrainingEvent?, _ process: Process, _ cause: Cause?, _ limits: TrainingLimits) -> TrainingEvent {
        if let last, last != .stopped { return last }
        if cause == .time { return .failed(TrainingFault.time(limits)) }
        if let last { return last }
        guard process.terminationReason == .uncaughtSignal else { return .failed(TrainingFault.silent(process.terminationStatus)) }
        // One that is stopped before it listens says nothing, nor does one that listens too late; its last checkpoint stays.
        return cause != nil && [SIGTERM, SIGKILL].contains(process.terminationStatus)
            ? .stopped : .failed(TrainingFault.signal(process.terminationStatus, limits))
    }
}

/// What is told of a child that can't tell it itself.
private enum TrainingFault {
    private static let resuming = "; started again, it goes on from its last checkpoint"

    static func time(_ limits: TrainingLimits) -> String {
        "the training was ended at its time limit of \(limits.seconds ?? 0) s: raise the limit (lares train: --seconds, a job: \"limits\": "
            + "{\"seconds\": …})\(resuming)"
    }

    static func silent(_ code: Int32) -> String { "the training's process ended with \(code) and said nothing" }

    static func signal(_ signal: Int32, _ limits: TrainingLimits) -> String {
        // Memory that can't be had ends a Swift program by itself; the system's own way to make room is a SIGKILL.
        signal == SIGKILL
            ? "the training's process was ended by signal 9: someone killed it, or the machine ran out of memory\(resuming)"
            : "the training's process was ended by signal \(signal): it needed more than its memory limit of \(limits.memory) MB, or met a "
                + "fault of Lares: raise the limit (lares train: --memory, a job: \"limits\": {\"memory_mb\": …}), or make the network or "
                + "the batch smaller\(resuming)"
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
