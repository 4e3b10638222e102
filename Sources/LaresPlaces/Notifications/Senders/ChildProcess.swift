internal import Foundation
internal import LaresProcess
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A program that is run once, with a text on its standard input.
enum ChildProcess {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs it to its end; a task that is cancelled ends it.
    ///
    /// - Parameter input: Less than 64 KiB, so that a pipe holds it before anybody reads it: nobody waits, and no broken pipe ends Lares.
    /// - Throws: An error of Foundation: it can't be started.
    static func run(_ program: String, _ arguments: [String], input: String) async throws -> Result {
        let number = Mutex<pid_t?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Waiting for a program needs a thread of its own.
                Thread.detachNewThread {
                    continuation.resume(with: Swift.Result { try wait(program, arguments, input) { id in number.withLock { $0 = id } } })
                }
            }
        } onCancel: {
            number.withLock { if let id = $0 { _ = kill(id, SIGTERM) } }
        }
    }

    private static func wait(_ program: String, _ arguments: [String], _ input: String, isRunning: (pid_t?) -> Void) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // No settings of whoever started Lares.
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        let (output, errors) = try ChildLaunch.alone {
            let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
            try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
            process.standardInput = standardInput.fileHandleForReading
            (process.standardOutput, process.standardError) = (output, errors)
            try process.run()
            return (output, errors)
        }
        isRunning(process.processIdentifier)
        let said = try? output.fileHandleForReading.read(upToCount: 4096)
        let complained = try? errors.fileHandleForReading.read(upToCount: 4096)
        process.waitUntilExit()
        isRunning(nil)
        return Result(status: process.terminationStatus, output: text(said), errors: text(complained))
    }

    private static func text(_ data: Data?) -> String { String(decoding: data ?? Data(), as: UTF8.self) }
}
