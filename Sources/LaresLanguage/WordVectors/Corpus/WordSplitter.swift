import CWordBreaks

/// Cuts lines of text into words. Not Sendable: it belongs to one reader. Throws when ICU can't be had.
struct WordSplitter: ~Copyable {
    private let unit: WordUnit
    private let lowercases: Bool
    private let breaks: OpaquePointer?

    init(_ unit: WordUnit, lowercases: Bool) throws(WordVectorError) {
        self.unit = unit
        self.lowercases = lowercases
        breaks = unit == .spaces ? nil : lares_word_breaks_open()
        guard unit == .spaces || breaks != nil else {
            throw WordVectorError(.unsupported, "ICU has no word breaks on this machine: install its data, or cut the text at spaces")
        }
    }

    deinit { if let breaks { lares_word_breaks_close(breaks) } }

    /// Calls `body` with the UTF-8 of each word. Bytes that are no UTF-8 are read as U+FFFD.
    func forEachWord(of line: ArraySlice<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        if line.allSatisfy({ $0 < 0x80 }) {
            if !lowercases { return line.withUnsafeBufferPointer { split($0, body) } }
            return line.map { $0 &- 65 < 26 ? $0 | 32 : $0 }.withUnsafeBufferPointer { split($0, body) }
        }
        var text = String(decoding: line, as: UTF8.self)
        if lowercases { text = text.lowercased() }
        text.withUTF8 { split($0, body) }
    }

    private func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard let breaks else { return atSpaces(text, body) }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: Found(text: text, isByCharacter: unit == .characters, body: body)) { found in
                text.withMemoryRebound(to: CChar.self) { bytes in
                    let context = UnsafeMutableRawPointer(mutating: found)
                    _ = lares_word_breaks_find(breaks, bytes.baseAddress, Int64(bytes.count), context) { context, from, to in
                        context?.assumingMemoryBound(to: Found.self).pointee.word(Int(from), Int(to))
                    }
                }
            }
        }
    }

    private func atSpaces(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var from = 0
        for i in 0...text.count where i == text.count || WordSplitter.isSpace(text[i]) {
            if i > from { body(UnsafeBufferPointer(rebasing: text[from..<i])) }
            from = i + 1
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 < 5 }
}

/// What ICU's stretches are handed to.
private struct Found {
    let text: UnsafeBufferPointer<UInt8>
    let isByCharacter: Bool
    let body: (UnsafeBufferPointer<UInt8>) -> Void

    func word(_ from: Int, _ to: Int) {
        let word = UnsafeBufferPointer(rebasing: text[from..<to])
        guard isByCharacter, word.count > 3, Found.isIdeograph(word) else { return body(word) }
        var start = 0
        for i in 1...word.count where i == word.count || word[i] & 0xC0 != 0x80 {
            body(UnsafeBufferPointer(rebasing: word[start..<i]))
            start = i
        }
    }

    /// Whether it begins with a Chinese character: U+2E80...9FFF, F900...FAFF, or 20000 and above.
    private static func isIdeograph(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let scalar = String(decoding: word.prefix(4), as: UTF8.self).unicodeScalars.first
        return scalar?.properties.isIdeographic ?? false
    }
}
