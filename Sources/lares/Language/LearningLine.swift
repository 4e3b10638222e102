import LaresLanguage
import LaresNeural
import LaresServer
import Synchronization

/// One line on a terminal that shows how far a training is, with its losses; elsewhere a plain line now and then. Ctrl-C ends the training.
final class LearningLine {
    private let steps: Int
    private var line = LiveLine()
    private let interrupts = Interrupts()
    private let isStopped = Stop()
    private let begin = ContinuousClock.now
    private var curve = LossCurve()
    private var done: Int?

    private final class Stop: Sendable {
        let flag = Atomic(false)
    }

    init(steps: Int) {
        self.steps = steps
        interrupts.handle { [isStopped] in isStopped.flag.store(true, ordering: .relaxed) }
    }

    /// Whether Ctrl-C was pressed.
    var isEnded: Bool { isStopped.flag.load(ordering: .relaxed) }

    /// Takes a step, the first of them behind those that a checkpoint had; false when the training is to end.
    func show(step: Int, loss: Float) -> Bool {
        if done == nil, step > 1 { Terminal.note(say("cli.train.resumed")) }
        done = done ?? step - 1
        curve.append(loss)
        if line.isLive || step == steps || step.isMultiple(of: max(1, steps / 10)) { write(step) }
        return !isEnded
    }

    private func write(_ step: Int) {
        let passed = (ContinuousClock.now - begin) / .seconds(1), own = step - (done ?? 0)
        let text = say(
            "cli.language.progress",
            [
                "step": "\(step)", "steps": "\(steps)", "curve": curve.bars(width: 20), "loss": Amounts.decimal(Double(curve.recent()), 3),
                "left": Amounts.clock(passed / Double(max(1, own)) * Double(steps - step)),
            ])
        if line.isLive { line.show(text) } else { Terminal.note(text) }
    }

    /// Takes the line away.
    func finish() { line.finish() }
}
