import Foundation
import LaresTensor

#if canImport(Glibc)
    import Glibc
#endif

/// The folder of a training, in which one process works at a time.
enum TrainingFolder {
    /// A lock of the system (flock(2)) on this file, which goes with the process that has it; its text is that process's id.
    private static let lock = "training.lock"

    /// Runs `body` while no other process trains in the folder, which is made where it is missing.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - patience: How long one that ends just now is waited for: one whose `lares train` was killed still writes its last checkpoint.
    ///   - shouldStop: Whether to give up waiting.
    ///   - body: The training.
    /// - Throws: ``JobError`` with code `folderInUse`, which names the other process, or `badFolder`; `CancellationError` when it gave up.
    static func with<Result>(
        _ path: String, patience: Duration, shouldStop: () -> Bool, _ body: () throws -> Result
    ) throws -> Result {
        try make(path)
        let held = try taken(path, until: .now + patience, shouldStop)
        // While it is still held: who waits for it sees that the name is gone, and takes the next file of that name.
        defer { withExtendedLifetime(held) { _ = unlink($0.path) } }
        sweep(path)
        return try body()
    }

    private static func make(_ path: String) throws {
        guard (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) == nil else { return }
        guard mkdir(path, 0o755) != 0 else { return }
        let reason = errno
        throw JobError(
            .badFolder, "the folder '\(path)' can't be made: \(String(cString: strerror(reason))); name another one (lares train: --output)"
        )
    }

    private static func taken(_ path: String, until end: ContinuousClock.Instant, _ shouldStop: () -> Bool) throws -> OpenFile {
        while true {
            let file: OpenFile
            do { file = try OpenFile.writing("\(path)/\(lock)") } catch let error as PullError {
                throw JobError(.badFolder, "nothing can be written into the folder '\(path)': \(error.message)")
            }
            if try file.lock() {
                // Only told to others: on a full disk the training says itself what it can't write.
                try? file.truncate(to: 0)
                try? file.write(Array("\(getpid())\n".utf8), at: 0)
                return file
            }
            guard !shouldStop() else { throw CancellationError() }
            guard ContinuousClock.now < end else { throw inUse(path, file) }
            usleep(50_000)
        }
    }

    private static func inUse(_ path: String, _ file: OpenFile) -> JobError {
        let text = (try? file.read(at: 0, count: 32)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let process = Int(text.split(separator: "\n").first ?? "").map { "process \($0)" } ?? "another process"
        return JobError(
            .folderInUse, "\(process) trains in the folder '\(path)' already: wait for it, or name another folder (lares train: --output)")
    }

    /// Removes what a training that was killed was just writing.
    private static func sweep(_ path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name.hasSuffix(WholeFile.unfinished) {
            unlink("\(path)/\(name)")
        }
    }
}
