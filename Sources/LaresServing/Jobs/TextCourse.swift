import Foundation
import LaresJSON
import LaresNeural
import LaresTensor

/// The course of a training whose checkpoints don't know their losses: they are kept in a file beside the checkpoint, so that one that goes on
/// has its whole curve, and it is held to its disk.
struct TextCourse {
    private let order: TrainingOrder
    private let checkpoint: String
    private let shouldStop: () -> Bool
    private let tell: (TrainingEvent) -> Void
    private var teller: Teller
    private var losses = LossRecord()
    private var savedAt: ContinuousClock.Instant?
    /// Of the steps of this epoch.
    private var (sum, count): (Float, Int) = (0, 0)

    init(in order: TrainingOrder, checkpoint: String, _ shouldStop: @escaping () -> Bool, _ tell: @escaping (TrainingEvent) -> Void) {
        (self.order, self.checkpoint, self.shouldStop, self.tell) = (order, checkpoint, shouldStop, tell)
        teller = Teller(tell)
    }

    private var record: String { order.output + "/losses.json" }

    /// The data are read.
    mutating func begin() {
        let isResumed = FileManager.default.fileExists(atPath: checkpoint)
        if isResumed, let bytes = FileManager.default.contents(atPath: record), let json = try? JSON(parsing: Array(bytes)) {
            losses = LossRecord(json)
        }
        tell(.started(isResumed: isResumed, step: losses.parts.last?.epoch ?? 0, losses: losses))
    }

    /// A step is done, counted from 1, with its own loss: told is the mean of its epoch. Throws as `reach` does.
    mutating func step(_ step: Int, of steps: Int, epochs: Int, loss: Float) throws {
        if (step - 1) * epochs / steps > (step - 2) * epochs / steps || count == 0 { (sum, count) = (0, 0) }
        (sum, count) = (sum + loss, count + 1)
        try reach(step, of: steps, epochs: epochs, loss: sum / Float(count))
    }

    /// So many steps are done, and the loss is this now.
    ///
    /// - Throws: `CancellationError` when it is to stop, ``JobError`` when its files are larger than they may be, `FileError`.
    mutating func reach(_ step: Int, of steps: Int, epochs: Int, loss: Float) throws {
        guard !shouldStop() else { throw CancellationError() }
        let epoch = step * epochs / max(1, steps)
        if epoch > losses.parts.last?.epoch ?? 0 {
            losses.append(epoch, loss: loss, validation: nil)
            try endEpoch()
        }
        teller.tell(TrainingProgress(epoch: epoch, epochs: epochs, step: step, steps: steps, loss: loss))
    }

    /// Once a second at most: epochs may be short, and every file waits for the disk.
    private mutating func endEpoch() throws {
        let now = ContinuousClock.now
        guard savedAt.map({ now - $0 >= .seconds(1) }) ?? true else { return }
        savedAt = now
        try requireRoom()
        try WholeFile.write([losses.json.data], to: record)
    }

    /// Throws ``JobError`` when its files are larger than they may be.
    func requireRoom() throws {
        let bytes = (try? FileManager.default.contentsOfDirectory(atPath: order.output))?.reduce(0) { sum, name in
            sum + ((try? FileManager.default.attributesOfItem(atPath: order.output + "/" + name)[.size] as? Int) ?? 0)
        }
        guard bytes ?? 0 > order.limits.disk << 20 else { return }
        throw JobError(
            .badLimits,
            "the files in '\(order.output)' are larger than the disk limit of \(order.limits.disk) MB: raise the limit (lares train: --disk, a "
                + "job: \"limits\": {\"disk_mb\": …}), or make what is learnt smaller")
    }

    /// What was learnt is written: what only a training under way needs goes.
    func end() {
        for file in [checkpoint, record] { try? FileManager.default.removeItem(atPath: file) }
    }
}
