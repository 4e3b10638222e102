/// Finds parts of a text by their bytes, in linear time.
struct TextSearch {
    private let bytes: [UInt8]

    init(_ text: String, _ render: Render) { bytes = Array(text.utf8) }

    var count: Int { bytes.count }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The first place of a part at or after `start`, in bytes.
    func firstRange(of part: String, from start: Int = 0) -> Range<Int>? { firstRange(of: Array(part.utf8), from: start) }

    private func firstRange(of part: [UInt8], from start: Int) -> Range<Int>? {
        guard !part.isEmpty else { return start..<start }
        guard start + part.count <= bytes.count else { return nil }
        if part.count == 1 { return bytes[start...].firstIndex(of: part[0]).map { $0..<($0 + 1) } }
        return knuthMorrisPratt(part, from: start, limit: 1).first
    }

    /// Every place of a part, none overlapping another, from the front.
    func ranges(of part: String, limit: Int = .max) -> [Range<Int>] {
        let part = Array(part.utf8)
        guard !part.isEmpty, limit > 0 else { return [] }
        return knuthMorrisPratt(part, from: 0, limit: limit)
    }

    /// Every place of a part, none overlapping another, from the back; the list goes from front to back.
    func rangesFromBack(of part: String, limit: Int) -> [Range<Int>] {
        let reversed = TextSearch(bytes: bytes.reversed())
        let part = Array(part.utf8.reversed())
        guard !part.isEmpty, limit > 0 else { return [] }
        return reversed.knuthMorrisPratt(part, from: 0, limit: limit).reversed().map {
            (bytes.count - $0.upperBound)..<(bytes.count - $0.lowerBound)
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    // Not memmem, so that nothing unsafe is needed; the table keeps a hostile needle linear.
    private func knuthMorrisPratt(_ part: [UInt8], from start: Int, limit: Int) -> [Range<Int>] {
        let fallback = borders(of: part)
        var found: [Range<Int>] = []
        var matched = 0
        for at in start..<bytes.count {
            while matched > 0, part[matched] != bytes[at] { matched = fallback[matched - 1] }
            if part[matched] == bytes[at] { matched += 1 }
            if matched == part.count {
                found.append((at + 1 - matched)..<(at + 1))
                if found.count == limit { break }
                matched = 0
            }
        }
        return found
    }

    private func borders(of part: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: part.count)
        var length = 0
        for at in part.indices.dropFirst() {
            while length > 0, part[at] != part[length] { length = borders[length - 1] }
            if part[at] == part[length] { length += 1 }
            borders[at] = length
        }
        return borders
    }
}
