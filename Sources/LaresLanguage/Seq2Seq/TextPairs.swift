import LaresNeural
import LaresTensor

/// Texts and what is to be written for them.
public struct TextPairs: Sendable {
    /// In the order of the file.
    public let pairs: [(source: String, target: String)]

    /// Tells these pairs from others.
    var fingerprint: Fingerprint {
        var fingerprint = Fingerprint()
        for (source, target) in pairs { fingerprint.add("\(source)\t\(target)\n".utf8) }
        return fingerprint
    }

    /// Pairs that there may be.
    public static let most = 5_000_000

    /// Pairs at hand.
    ///
    /// - Throws: ``TranslatorError`` with code `badPairs` when there are none, or one is empty.
    public init(_ pairs: [(source: String, target: String)]) throws(TranslatorError) {
        guard !pairs.isEmpty else { throw TranslatorError(.badPairs, "there are no pairs to learn from") }
        guard pairs.allSatisfy({ !$0.source.isEmpty && !$0.target.isEmpty }) else {
            throw TranslatorError(.badPairs, "a pair has an empty side: leave it out")
        }
        self.pairs = pairs
    }

    /// Reads a file of lines, each a text, a tab and what is to be written for it; empty lines are skipped.
    ///
    /// - Throws: ``TranslatorError`` with code `badPairs`, which names the line.
    public init(contentsOf path: String) throws {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { throw TranslatorError(.badPairs, error.message) }
        defer { extendLifetime(file) }
        func wrong(_ line: Int, _ what: String) -> TranslatorError { TranslatorError(.badPairs, "'\(path)', line \(line): \(what)") }
        var pairs: [(source: String, target: String)] = []
        for (number, bytes) in file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
            guard !line.isEmpty else { continue }
            guard pairs.count < Self.most else { throw wrong(number + 1, "there may be \(Self.most) pairs") }
            guard let text = String(validating: line, as: UTF8.self) else { throw wrong(number + 1, "it isn't UTF-8") }
            let sides = text.split(separator: "\t", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw wrong(number + 1, "it must be a text, a tab and what is to be written for it")
            }
            pairs.append((String(sides[0]), String(sides[1])))
        }
        try self.init(pairs)
    }
}
