import Glibc
public import LaresTensor

/// The file that one training is kept in while it is under way: written now and then, gone on from when it is there.
///
/// ```swift
/// let file = CheckpointFile("night.checkpoint", of: "\(settings) \(Fingerprint(of: data))")
/// try file.read()?.restore(&model, &optimizer, &random)
/// // … after a step
/// try file.write(model, optimizer, random)
/// ```
public struct CheckpointFile: Sendable {
    /// Where it is.
    public let path: String
    /// What tells this training from every other: its settings, its data, the model that it begins with.
    public let training: String

    /// The file of a training; nothing is read or written yet.
    public init(_ path: String, of training: String) { (self.path, self.training) = (path, training) }

    /// What was written last; nil when there is no file.
    ///
    /// - Throws: `CheckpointError` for a file that is cut short, damaged, no checkpoint, or that of another training.
    public func read() throws -> Checkpoint? {
        guard access(path, F_OK) == 0 else { return nil }
        let checkpoint: Checkpoint
        do { checkpoint = try Checkpoint(contentsOf: path) } catch let error as SafeTensorsError { throw damaged("\(error)") }
        guard checkpoint.notes[Self.note] == training else {
            throw CheckpointError(
                "'\(path)' belongs to a training of other settings or other data: remove it to begin anew, or name another file")
        }
        return checkpoint
    }

    /// Writes what there is now: whole, or not at all.
    ///
    /// - Throws: `SafeTensorsError`; ``TrainingDiverged`` when a parameter is infinite or NaN: the file that was written before stays.
    public func write(
        _ model: some Module, _ optimizer: some Optimizer, _ random: SeededRandom, notes: [String: String] = [:]
    ) throws {
        guard model.isFinite else { throw TrainingDiverged(at: "the writing of '\(path)'") }
        try Checkpoint(model, optimizer, random, notes: notes.merging([Self.note: training]) { $1 }).write(to: path)
    }

    /// Whether it is to be written after a step, counted from 1: after every twentieth part of a training, and at its end.
    public static func isDue(after step: Int, of steps: Int) -> Bool { step == steps || step.isMultiple(of: max(1, steps / 20)) }

    /// The error for a file that says what can't be.
    package func damaged(_ what: String) -> CheckpointError {
        CheckpointError("'\(path)' is cut short or damaged: put back a copy, or remove it to begin anew (\(what))")
    }

    private static let note = "of"
}
