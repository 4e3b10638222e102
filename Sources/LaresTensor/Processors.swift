import CLaresKernels
import Glibc

/// How many processors this process may use: those it may run on, no more than its control group gives it time for, and no more than
/// `LARES_COMPUTE_THREADS` says, which a training beside a server gets.
package enum Processors {
    package static var count: Int {
        let quota = text(of: "/sys/fs/cgroup/cpu.max").flatMap(quota)
        let told = getenv("LARES_COMPUTE_THREADS").flatMap { Int(String(cString: $0)) }
        return max(1, min(Int(lares_processors()), quota ?? .max, told ?? .max))
    }

    /// Processors that a `cpu.max` of control groups allows ("200000 100000" is 2), rounded up; nil when it sets no limit.
    package static func quota(_ text: String) -> Int? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let time = Int(words[0]), let period = Int(words[1]), time > 0, period > 0 else { return nil }
        return (time - 1) / period + 1
    }

    private static func text(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
