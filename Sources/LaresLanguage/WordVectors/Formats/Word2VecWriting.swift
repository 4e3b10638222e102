import Glibc
import LaresTensor

extension WordVectors {
    /// Writes one of the two formats of word2vec, as gensim and word2vec read them.
    func writeWord2Vec(to path: String, isBinary: Bool) throws(WordVectorError) {
        if let word = words.first(where: { $0.isEmpty || $0.utf8.contains(where: WordSplitter.isSpace) }) {
            throw WordVectorError(.unwritable, "'\(path)': the word '\(word)' is empty or has a space in it: write safetensors instead")
        }
        let temporary = path + ".part"
        guard let file = fopen(temporary, "wb") else { throw WordVectors.failure(path) }
        let isWritten = rows(file, isBinary: isBinary) && fflush(file) == 0 && fsync(fileno(file)) == 0
        guard fclose(file) == 0, isWritten, rename(temporary, path) == 0 else {
            let failure = WordVectors.failure(path)
            unlink(temporary)
            throw failure
        }
    }

    private func rows(_ file: UnsafeMutablePointer<FILE>, isBinary: Bool) -> Bool {
        guard fputs("\(words.count) \(dimensions)\n", file) >= 0 else { return false }
        return matrix.withRows { number, row in
            var bytes = Array(words[number].utf8)
            if isBinary {
                bytes.append(32)
                for x in row { withUnsafeBytes(of: x.bitPattern.littleEndian) { bytes += $0 } }
            } else {
                for x in row { bytes += " \(x)".utf8 }
                bytes.append(10)
            }
            return bytes.withUnsafeBytes { fwrite($0.baseAddress ?? UnsafeRawPointer(file), 1, $0.count, file) == $0.count }
        }
    }

    static func failure(_ path: String) -> WordVectorError {
        WordVectorError(.unwritable, "'\(path)' could not be written: \(String(cString: strerror(errno))). Is the disk full?")
    }
}

extension Tensor {
    /// Calls `body` with each row of a matrix until it says false; returns whether it never did.
    func withRows(_ body: (Int, ArraySlice<Float>) -> Bool) -> Bool {
        let width = shape[1], all = array
        return (0..<shape[0]).allSatisfy { body($0, all[($0 * width)..<(($0 + 1) * width)]) }
    }
}
