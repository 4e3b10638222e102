import Glibc
import LaresTensor

/// Where a training works and what it can't know itself.
public struct TrainingPlace: Sendable {
    /// The recipe's data; nil: as the recipe says, relative to `base`.
    public var data: String?
    /// The recipe's folder.
    public var base: String
    /// An existing folder for `checkpoint.safetensors`, `best.safetensors`, `network.safetensors` and `card.json`.
    public var folder: String
    /// SHA-256 of the data, in hexadecimal digits.
    public var dataDigest: String
    /// The same of the recipe's test file; nil: there is none.
    public var testDigest: String?
    /// Version of the program.
    public var code: String
    /// Bytes that those four files may have together, one that is being replaced counted beside its successor.
    public var diskLimit = Int.max

    /// A place without a limit.
    public init(data: String? = nil, base: String, folder: String, dataDigest: String, testDigest: String? = nil, code: String) {
        (self.data, self.base, self.folder, self.code) = (data, base, folder, code)
        (self.dataDigest, self.testDigest) = (dataDigest, testDigest)
    }

    static let checkpoint = "checkpoint.safetensors", best = "best.safetensors", network = "network.safetensors", card = "card.json"

    func path(_ file: String) -> String { file.hasPrefix("/") ? file : "\(base)/\(file)" }
    func output(_ file: String) -> String { "\(folder)/\(file)" }

    /// Has one of the four files written, with the bytes that the limit leaves for it.
    func write(_ file: String, _ body: (_ path: String, _ atMost: Int) throws -> Void) throws {
        do {
            try body(output(file), room)
        } catch let error as SafeTensorsError where error.code == .overLimit {
            throw overLimit(file)
        } catch let error as FileError {
            throw error.code == .overLimit ? overLimit(file) : RecipeError(.file, error.message)
        }
    }

    private var room: Int {
        [Self.checkpoint, Self.best, Self.network, Self.card].reduce(diskLimit) { left, file in
            var status = stat()
            return stat(output(file), &status) == 0 ? max(0, left - Int(status.st_size)) : left
        }
    }

    private func overLimit(_ file: String) -> RecipeError {
        RecipeError(
            .diskLimit,
            "'\(output(file))' would take the training beyond its disk limit of \(diskLimit >> 20) MB: raise the limit (lares train: --disk, a "
                + "job: \"limits\": {\"disk_mb\": …}), or make the network smaller")
    }
}
