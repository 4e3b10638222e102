import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The allocator of this process, where it is glibc's; elsewhere nothing is done.
public enum Heap {
    /// Has threads share few arenas: each keeps free memory of its own, and glibc makes eight for each processor.
    ///
    /// Must be called before threads begin. `MALLOC_ARENA_MAX` in the environment says otherwise.
    public static func shareArenas() {
        guard ProcessInfo.processInfo.environment["MALLOC_ARENA_MAX"] == nil else { return }
        // M_ARENA_MAX of malloc.h, which Swift's module of glibc doesn't have.
        _ = option?(-8, Int32(clamping: max(2, ProcessInfo.processInfo.activeProcessorCount)))
    }

    /// Gives back memory whenever the process has grown and stands still, until the task is cancelled; once the start is over, the code too that only
    /// it needed.
    public static func keepSmall() async {
        guard trim != nil, var size = privateSize else { return }
        var (heap, hasStarted) = (SettledHeap(), false)
        let clock = ContinuousClock(), begin = clock.now
        while (try? await Task.sleep(for: .milliseconds(500))) != nil {
            let now = (clock.now - begin) / .seconds(1)
            size = privateSize ?? size
            guard heap.shouldTrim(size, at: now) else { continue }
            _ = trim?(0)
            if !hasStarted { releaseCode() }
            hasStarted = true
            heap.trimmed(to: privateSize ?? size, at: now)
        }
    }

    /// Lets go of code that is mapped: it stays in the system's cache of files, which may have the room when it needs it, and what is used is mapped again
    /// at once. A start runs through 30 MB of the program and its libraries, most of it once: with 1,000 things the process had 87 MB and has 70 without.
    private static func releaseCode() {
        #if os(Linux)
            // A file of the system's has no size, and comes in pieces.
            guard let bytes = try? FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd() else { return }
            for range in CodeMappings.unchanged(in: String(decoding: bytes, as: UTF8.self)) {
                _ = madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, Int32(MADV_DONTNEED))
            }
        #endif
    }

    /// Bytes that are resident and not of a file (proc(5), `statm`).
    private static var privateSize: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").prefix(3).compactMap { Int($0) }
        return pages.count == 3 ? (pages[1] - pages[2]) * pageSize : nil
    }

    private static let pageSize = max(4_096, Int(sysconf(Int32(_SC_PAGESIZE))))

    private typealias Option = @convention(c) (Int32, Int32) -> Int32
    private typealias Trim = @convention(c) (Int) -> Int32

    private static let option = symbol("mallopt", as: Option.self)
    private static let trim = symbol("malloc_trim", as: Trim.self)

    private static func symbol<T>(_ name: String, as type: T.Type) -> T? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}
