/// The names that one sender uses, found by their bytes: a point costs a look-up and no text.
///
/// Open addressing over the bytes as they were sent, so that `a,x=1,y=2` and `a,y=2,x=1` are two words for one series. What is full is emptied:
/// it is a memory of what can be read again.
package struct Vocabulary: Sendable {
    /// A name, and what became of it at the ingest that it was shown to.
    struct Word: Sendable {
        let name: PointName
        /// Where its readings go; nil: not asked yet, or refused.
        var place: SeriesPlace?
        /// Whether its readings ever had a place.
        fileprivate(set) var isKnown = false
    }

    /// Where the four parts of a name stand: head and quality in one text, property and unit in that or another.
    struct Parts {
        var head: Range<Int>
        var property: Range<Int>
        var unit = 0..<0
        var quality = 0..<0
        /// Whether backslashes in the property are those of the line protocol.
        var isEscaped = false
    }

    private(set) var words: [Word] = []
    /// The slots of words whose readings are stored as they come; −1: see the word. Most points need nothing else.
    private(set) var slots: [Int32] = []
    /// The ingest's state that the places are true of.
    private(set) var epoch = 0
    private var hashes: [UInt64] = []
    /// Where the bytes of each word begin.
    private var starts: [Int] = []
    private var bytes: [UInt8] = []
    /// Word numbers; −1: free.
    private var table: [Int32]
    private let seed = UInt64.random(in: .min ... .max)
    private let most: Int
    /// Words whose readings ever had a place.
    private var known = 0
    /// A part's end; no UTF-8 has it.
    private static let end: UInt8 = 0xFF
    /// So many places are looked at; a word that needs more is read anew each time. Names chosen to collide cost no more than that.
    private static let probes = 64

    /// - Parameter most: so many words are remembered.
    package init(most: Int = 1 << 17) {
        self.most = most
        table = [Int32](repeating: -1, count: 1_024)
    }

    /// Forgets everything if it is full. Not while points wait that name its words.
    mutating func makeRoom() {
        guard words.count >= most || bytes.count >= 256 * most else { return }
        self = Vocabulary(most: most)
    }

    /// Whether most of its names were refused: it isn't worth its memory then.
    var isMostlyRefused: Bool { words.count > 2 * known }

    /// About so many bytes of memory: what is allocated, and each name's two texts beside.
    var size: Int {
        let each = MemoryLayout<Word>.stride + MemoryLayout<Int32>.stride + MemoryLayout<UInt64>.stride + MemoryLayout<Int>.stride
        return words.capacity * each + bytes.capacity + table.capacity * MemoryLayout<Int32>.stride + bytes.count + words.count * 64
    }

    /// Notes where a word's readings go.
    mutating func settle(_ word: Int32, at place: SeriesPlace) {
        if !words[Int(word)].isKnown { known += 1 }
        words[Int(word)].isKnown = true
        words[Int(word)].place = place
        slots[Int(word)] = !place.isProvisional && place.flags < 0 && place.conversion == nil ? place.slot : -1
    }

    /// Forgets where a word's readings go.
    mutating func unsettle(_ word: Int32) { words[Int(word)].place = nil }

    /// Forgets places that another state of the ingest gave.
    mutating func enter(epoch: Int) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        for index in words.indices {
            words[index].place = nil
            slots[index] = -1
        }
    }

    /// The number of the word that these bytes are; a new one is read.
    ///
    /// - Throws: ``PointFault`` for what is no name.
    mutating func word(_ text: Span<UInt8>, _ other: Span<UInt8>, _ parts: Parts, hash: UInt64) throws(PointFault) -> Int32 {
        let mask = table.count - 1
        var at = Int(truncatingIfNeeded: hash >> 20) & mask
        for _ in 0..<Self.probes {
            let word = table[at]
            if word < 0 { return try add(text, other, parts, hash, at: at) }
            if hashes[Int(word)] == hash, matches(Int(word), text, other, parts) { return word }
            at = (at + 1) & mask
        }
        return try add(text, other, parts, hash, at: nil)
    }

    private func matches(_ word: Int, _ text: Span<UInt8>, _ other: Span<UInt8>, _ parts: Parts) -> Bool {
        var at = starts[word]
        return same(text, parts.head, &at) && same(other, parts.property, &at) && same(other, parts.unit, &at)
            && same(text, parts.quality, &at)
    }

    /// Whether a part stands there, with its end.
    private func same(_ text: Span<UInt8>, _ range: Range<Int>, _ at: inout Int) -> Bool {
        guard bytes.count - at > range.count else { return false }
        for place in range {
            if bytes[at] != text[place] { return false }
            at += 1
        }
        at += 1
        return bytes[at - 1] == Self.end
    }

    private mutating func add(
        _ text: Span<UInt8>, _ other: Span<UInt8>, _ parts: Parts, _ hash: UInt64, at place: Int?
    ) throws(PointFault) -> Int32 {
        let head = Array(copying: text, parts.head), property = Array(copying: other, parts.property)
        let unit = Array(copying: other, parts.unit), quality = Array(copying: text, parts.quality)
        let name = try PointName(head: head, property: try Self.property(property, parts.isEscaped), unit: unit, quality: quality)
        let word = Int32(truncatingIfNeeded: words.count)
        words.append(Word(name: name))
        slots.append(-1)
        hashes.append(hash)
        starts.append(bytes.count)
        for part in [head, property, unit, quality] {
            bytes.append(contentsOf: part)
            bytes.append(Self.end)
        }
        if let place { table[place] = word }
        if 2 * words.count > table.count { grow() }
        return word
    }

    private static func property(_ bytes: [UInt8], _ isEscaped: Bool) throws(PointFault) -> String {
        if isEscaped { return try TaggedName.text(bytes[...], also: true) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw PointFault(.badName, "a name is not valid UTF-8") }
        return text
    }

    private mutating func grow() {
        table = [Int32](repeating: -1, count: 2 * table.count)
        let mask = table.count - 1
        for (word, hash) in hashes.enumerated() {
            var at = Int(truncatingIfNeeded: hash >> 20) & mask
            for _ in 0..<Self.probes {
                if table[at] < 0 {
                    table[at] = Int32(truncatingIfNeeded: word)
                    break
                }
                at = (at + 1) & mask
            }
        }
    }

    /// The beginning of a name's hash.
    var hash: ByteHash { ByteHash(state: seed) }
}

/// Mixes bytes into a number (FNV-1a, from a start that no sender knows).
struct ByteHash {
    private(set) var state: UInt64

    init(state: UInt64) { self.state = state }

    mutating func add(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }

    mutating func add(_ text: Span<UInt8>, _ range: Range<Int>) {
        for place in range { add(text[place]) }
        add(0xFF)
    }
}

/// Where the readings of a word go.
struct SeriesPlace: Hashable, Sendable {
    /// The series' place in the ingest's book.
    let slot: Int32
    /// The place of its flags; −1: there are none to be written.
    var flags: Int32 = -1
    /// The flag of the word.
    var quality = Quality.good
    /// Whether the next piece has to ask again: said to be good, while nothing was ever said to be otherwise.
    var isProvisional = false
    /// From which unit to which its values are converted; nil: they stay.
    var conversion: Conversion?

    struct Conversion: Hashable, Sendable {
        let from: Unit
        let to: Unit
    }
}

extension Array<UInt8> {
    /// Some bytes of a text.
    init(copying text: Span<UInt8>, _ range: Range<Int>) {
        self = []
        reserveCapacity(range.count)
        for place in range { append(text[place]) }
    }
}
