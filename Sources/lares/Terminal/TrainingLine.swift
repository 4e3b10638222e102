import Foundation
import LaresJSON
import LaresNeural
import LaresServer
import LaresServing
import Synchronization

/// The progress of a training: a line with the curve of its losses that moves on a terminal, a plain line for each tenth elsewhere.
final class TrainingLine: Sendable {
    private struct State {
        var curve = LossCurve()
        var tenth = -1
        var isShown = false
    }

    private let isLive: Bool
    private let state = Mutex(State())

    /// - Parameter isLive: True when standard error is a terminal.
    init(isLive: Bool = Terminal.errorIsTerminal) { self.isLive = isLive }

    func show(_ event: TrainingEvent) {
        let text: String? = state.withLock { state in
            if case .started(true, _, _) = event { return say("cli.train.resumed") + "\n" }
            guard case .progress(let progress) = event else { return nil }
            if let loss = progress["loss"]?.number { state.curve.append(Float(loss)) }
            if isLive {
                state.isShown = true
                let facts = Self.facts(progress)
                return "\r\u{1B}[K" + facts + "  " + state.curve.bars(width: max(8, min(40, Terminal.width - facts.columns - 3)))
            }
            let tenth = Self.tenth(progress)
            guard tenth != state.tenth else { return nil }
            state.tenth = tenth
            return Self.facts(progress) + "\n"
        }
        if let text { FileHandle.standardError.write(Data(text.utf8)) }
    }

    /// Ends the line, and leaves it there.
    func finish() {
        if state.withLock({ $0.isShown }) { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private static func tenth(_ progress: JSON) -> Int {
        let done = progress["step"]?.number ?? 0, steps = progress["steps"]?.number ?? 1
        return Int(min(10, max(0, done * 10 / max(1, steps))))
    }

    /// Such as "epoch 12/50  loss 0.1234  validation 0.2345"; forecasters and detectors have no losses and count series.
    private static func facts(_ progress: JSON) -> String {
        func text(_ key: String) -> String { progress[key]?.number.map { String(format: "%.4f", $0) } ?? "–" }
        let epoch = progress["epoch"]?.whole ?? 0, epochs = progress["epochs"]?.whole ?? 0
        if progress["loss"]?.number == nil, progress["steps"] == progress["epochs"] {
            return say("cli.train.series", ["done": "\(epoch)", "count": "\(epochs)"])
        }
        let facts = say("cli.train.progress", ["epoch": "\(epoch)", "epochs": "\(epochs)", "loss": text("loss")])
        return progress["validation"]?.number == nil ? facts : facts + say("cli.train.validation-loss", ["loss": text("validation")])
    }
}
