import Foundation
import LaresServer
import LaresServing
import Synchronization

/// The progress of a pull or an import: a bar that moves on a terminal, now and then a plain line elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var file = ""
        var tenth = -1
        var isShown = false
    }

    private let isLive: Bool
    private let state = Mutex(State())

    /// - Parameter isLive: True when standard error is a terminal.
    init(isLive: Bool = Terminal.errorIsTerminal) { self.isLive = isLive }

    /// Shows how far `body` has come, and takes the bar away however it ends.
    static func during<Result>(_ body: (@escaping @Sendable (PullProgress) -> Void) async throws -> Result) async throws -> Result {
        let line = ProgressLine()
        defer { line.finish() }
        return try await body { line.show($0) }
    }

    func show(_ progress: PullProgress) {
        let line: String? = state.withLock { state in
            defer { state.file = progress.file }
            if isLive {
                state.isShown = true
                return "\r\u{1B}[K" + Self.bar(progress, width: Terminal.width)
            }
            let tenth = progress.total.map { $0 > 0 ? progress.bytes * 10 / $0 : 0 } ?? progress.bytes / 10_000_000
            guard state.file != progress.file || tenth != state.tenth else { return nil }
            state.tenth = tenth
            return Self.plain(progress) + "\n"
        }
        if let line { FileHandle.standardError.write(Data(line.utf8)) }
    }

    /// Takes the bar away.
    func finish() {
        let isShown = state.withLock { $0.isShown }
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }

    /// A line such as `Fetching  smollm2.whl  [######      ]  60%  62/103 MB  11 MB/s  0:04`.
    static func bar(_ progress: PullProgress, width: Int) -> String {
        guard let total = progress.total, total > 0 else { return plain(progress) }
        let share = min(1, Double(progress.bytes) / Double(total))
        let rate = progress.bytesPerSecond
        let left = rate > 0 ? Amounts.clock(Double(total - progress.bytes) / rate) : "–"
        let amount = "\(Amounts.bytes(progress.bytes))/\(Amounts.bytes(total))"
        let facts = "\(Int(share * 100))%  \(amount)  \(Amounts.bytes(rate))/s  \(left)"
        let file = String(progress.file.printable.prefix(max(8, width / 3)))
        let name = say("cli.pull.stage.\(progress.stage.rawValue)") + "  " + file
        let room = width - name.columns - facts.columns - 7
        guard room >= 8 else { return "\(name)  \(facts)" }
        let filled = Int(Double(room) * share)
        return "\(name)  [\(String(repeating: "#", count: filled))\(String(repeating: " ", count: room - filled))]  \(facts)"
    }

    static func plain(_ progress: PullProgress) -> String {
        let (file, bytes) = (progress.file.printable, Amounts.bytes(progress.bytes))
        guard let total = progress.total else {
            return say("cli.pull.\(progress.stage.rawValue)-some", ["file": file, "bytes": bytes])
        }
        return say("cli.pull.\(progress.stage.rawValue)", ["file": file, "bytes": bytes, "total": Amounts.bytes(total)])
    }
}
