import Glibc
import LaresTensor

/// The files that a training leaves: found to be writable before it begins, so that no hours are lost at its end.
enum LearningFiles {
    /// Throws `FileError` for the first that can't be written.
    static func check(_ paths: [String?]) throws {
        for path in paths { if let path { try WholeFile.check(path) } }
    }

    /// Removes the checkpoint of a training whose result is written.
    static func drop(_ checkpoint: String?) {
        if let checkpoint { unlink(checkpoint) }
    }
}
