/// Reads the two formats of word2vec, and text without the first line (GloVe's).
struct Word2VecReader {
    private var cursor: ByteCursor

    /// Longest word in bytes.
    static let longestWord = 4096
    /// Most floats of a vector.
    static let mostDimensions = 65_536

    init(_ bytes: UnsafeRawBufferPointer, path: String) { cursor = ByteCursor(bytes, path: path) }

    /// Whether the first line is a count and dimensions.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = Word2VecReader(bytes, path: "")
        return reader.header() != nil
    }

    mutating func read() throws(WordVectorError) -> WordVectors {
        guard let header = header() else { return try headless() }
        let (count, dimensions) = header
        guard (1...Word2VecReader.mostDimensions).contains(dimensions), count >= 1 else {
            throw cursor.malformed("its first line says \(count) words of \(dimensions) numbers")
        }
        // A number takes two bytes as text and four as a float, a word and its space two at least.
        guard count <= cursor.bytes.count / (2 * dimensions) else { throw cursor.truncated() }
        return try hasTextRows(dimensions) ? textRows(count, dimensions) : binaryRows(count, dimensions)
    }

    /// Count and dimensions; nil, and nothing read, when the first line is none of two numbers.
    private mutating func header() -> (Int, Int)? {
        var ahead = cursor
        guard let line = try? ahead.text(upTo: 10, most: 64) else { return nil }
        let fields = line.split { $0 == " " || $0 == "\r" }
        guard fields.count == 2, let count = Int(fields[0]), let dimensions = Int(fields[1]) else { return nil }
        cursor = ahead
        return (count, dimensions)
    }

    /// Whether the first row goes on after its word with nothing but numbers in figures.
    private func hasTextRows(_ dimensions: Int) -> Bool {
        let row = cursor.bytes[cursor.offset...].prefix(Word2VecReader.longestWord + 64 * dimensions).prefix { $0 != 10 }
        guard let space = row.firstIndex(of: 32) else { return false }
        return row[space...].allSatisfy { "0123456789+-.eEinfatNIFATy \r\t".utf8.contains($0) }
    }

    private mutating func binaryRows(_ count: Int, _ dimensions: Int) throws(WordVectorError) -> WordVectors {
        var words: [String] = [], values: [Float] = []
        for _ in 0..<count {
            cursor.skip(10)
            words.append(try cursor.text(upTo: 32, most: Word2VecReader.longestWord))
            values += try cursor.floats(dimensions, of: "'\(words.last ?? "")'")
        }
        return WordVectors(words: words, dimensions: dimensions, values: values)
    }

    private mutating func textRows(_ count: Int, _ dimensions: Int) throws(WordVectorError) -> WordVectors {
        var words: [String] = [], values: [Float] = []
        for _ in 0..<count {
            let (word, numbers) = try row(dimensions)
            words.append(word)
            values += numbers
        }
        return WordVectors(words: words, dimensions: dimensions, values: values)
    }

    /// Rows up to the file's end; the first tells how long they are.
    private mutating func headless() throws(WordVectorError) -> WordVectors {
        let fields = cursor.bytes.prefix(1 << 20).prefix { $0 != 10 }.split(separator: 32)
        guard fields.count >= 3, fields.count <= Word2VecReader.mostDimensions, fields.dropFirst().allSatisfy({ float($0) != nil }) else {
            throw WordVectorError(
                .unsupported,
                "'\(cursor.path)' holds no word vectors that are read here: word2vec (text or binary), fastText, or safetensors of Lares")
        }
        var words: [String] = [], values: [Float] = []
        while cursor.left > 0 {
            let (word, numbers) = try row(fields.count - 1)
            words.append(word)
            values += numbers
        }
        return WordVectors(words: words, dimensions: fields.count - 1, values: values)
    }

    /// One line of text.
    private mutating func row(_ dimensions: Int) throws(WordVectorError) -> (String, [Float]) {
        let line = cursor.bytes[cursor.offset...].prefix(Word2VecReader.longestWord + 64 * dimensions).prefix { $0 != 10 }
        let fields = line.split { $0 == 32 || $0 == 13 }
        guard fields.count == dimensions + 1 else {
            if line.endIndex == cursor.bytes.count { throw cursor.truncated() }
            throw cursor.malformed("the row at byte \(cursor.offset) has \(max(0, fields.count - 1)) numbers, not \(dimensions)")
        }
        let word = String(decoding: fields[0], as: UTF8.self)
        let numbers = fields.dropFirst().compactMap(float)
        guard numbers.count == dimensions else { throw cursor.malformed("the row of '\(word)' has something other than finite numbers") }
        _ = try cursor.take(line.count)
        cursor.skip(10)
        return (word, numbers)
    }

    private func float(_ field: Slice<UnsafeRawBufferPointer>) -> Float? {
        field.count > 64 ? nil : Float(String(decoding: field, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }
}
