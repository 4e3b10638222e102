import LaresTensor

/// How word vectors lie in a file.
public enum WordVectorFormat: String, Sendable, Hashable, CaseIterable {
    /// word2vec's text: a line with count and dimensions, then a word and its numbers a line.
    case text
    /// word2vec's binary: the same line, then each word, a space and its floats.
    case binary
    /// Lares' own in safetensors: all of it, n-grams and counts too.
    case safetensors

    /// The format that a file's name tells: `.bin`, `.safetensors`; else text.
    public init(path: String) {
        if path.hasSuffix(".safetensors") { self = .safetensors } else { self = path.hasSuffix(".bin") ? .binary : .text }
    }
}

extension WordVectors {
    /// Reads a file of any of the formats, or a fastText model (`.bin`); which one it is shows from its bytes.
    ///
    /// Throws `WordVectorError` for a file that can't be read, is damaged or cut short.
    public init(contentsOf path: String) throws {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw WordVectorError(.unreadable, error.message)
        }
        try self.init(file.bytes, path: path)
        extendLifetime(file)
    }

    /// Whether a file says of itself that it holds word vectors, in a format that does: word2vec's with its first line, fastText's or Lares' own.
    package static func isAnnounced(by path: String) -> Bool {
        guard let file = try? MappedFile(path: path) else { return false }
        defer { extendLifetime(file) }
        if FastTextReader.begins(file.bytes) || Word2VecReader.begins(file.bytes) { return true }
        return (try? SafeTensors(contentsOf: path))?.metadata["format"] == formatName
    }

    /// The same of bytes; `path` is for messages and for reading safetensors again.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[7] == 0 {
            try self.init(safeTensors: path)
        } else if FastTextReader.begins(bytes) {
            var reader = FastTextReader(bytes, path: path)
            self = try reader.read()
        } else {
            var reader = Word2VecReader(bytes, path: path)
            self = try reader.read()
        }
    }

    /// Writes a file: whole, or not at all. Formats of word2vec have no room for counts and n-grams.
    ///
    /// Throws `WordVectorError` for words the format can't hold and for a file that can't be written.
    public func write(to path: String, as format: WordVectorFormat? = nil) throws {
        switch format ?? WordVectorFormat(path: path) {
        case .safetensors: try writeSafeTensors(to: path)
        case .binary: try writeWord2Vec(to: path, isBinary: true)
        case .text: try writeWord2Vec(to: path, isBinary: false)
        }
    }
}
