import Foundation
import LaresJSON
import LaresServer
import LaresServing
import LaresTensor

/// The card of a file that was learnt by a command of its own: `parts.card.json` beside `parts.safetensors`, which `lares registry publish` takes.
///
/// It has the form of the cards that `lares train` leaves.
struct LearntCard {
    private let data: JSON

    /// Where the card of a file stands.
    static func path(of file: String) -> String { URL(filePath: file).deletingPathExtension().path + ".card.json" }

    /// The card of what is about to be learnt from a file; made before, so that it tells of the data that were read.
    ///
    /// - Throws: `FileError` when the file can't be read.
    init(data path: String) throws {
        let file = try MappedFile(path: path), hash = withExtendedLifetime(file) { Digest(of: file.bytes) }
        data = ["file": .string(URL(filePath: path).lastPathComponent), "sha256": .string(hash.description)]
    }

    /// Writes the card beside a file of safetensors; of other formats nothing is published.
    ///
    /// - Parameters:
    ///   - summary: What it is, in a sentence.
    ///   - metrics: Figures by part, such as `["validation": ["exact": 0.98]]`.
    /// - Throws: `FileError` when it can't be written.
    func write(beside file: String, summary: String, metrics: JSON = [:]) throws {
        guard file.hasSuffix(".safetensors") else { return }
        let card: JSON = [
            "format": "lares model card 1", "code": .string("lares " + LaresServer.version), "summary": .string(summary), "data": data,
            "metrics": metrics,
        ]
        try WholeFile.write([Array(card.serialized.utf8)], to: Self.path(of: file))
    }
}
