import Foundation

/// Why a file of saved prefixes can't be used. Nothing of it was taken.
public struct PrefixFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in a sentence.
    public let message: String
    /// The message.
    public var description: String { message }
}

/// The format of a file of saved prefixes: a header, the pages' places and tokens, their keys and values, a checksum. Little-endian.
///
///     "LARESKV1" │ SHA-256 of the model │ u64 bytes of a page │ u64 pages │ pages × (i64 parent or -1, 16 × i32 tokens) │ pages × bytes │ u64 sum
struct PrefixFile {
    static let magic = Array("LARESKV1".utf8)
    static let recordBytes = 8 + 4 * PageTable.pageTokens
    private static let headBytes = 8 + 32 + 8 + 8

    let modelDigest: [UInt8]
    let pageBytes: Int
    let pages: [SavedPage]

    /// Bytes before the keys and values.
    var head: [UInt8] {
        var bytes = Self.magic + modelDigest
        func append(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        append(UInt64(pageBytes))
        append(UInt64(pages.count))
        for page in pages {
            append(Int64(page.parent ?? -1))
            for token in page.tokens { append(token) }
        }
        return bytes
    }

    /// Reads the head of a file and checks that the rest has the size it says; `payload` is where keys and values begin.
    init(_ data: Data, modelDigest: [UInt8], pageBytes: Int, vocabularySize: Int) throws(PrefixFileError) {
        func check(_ condition: Bool, _ what: String) throws(PrefixFileError) {
            if !condition { throw PrefixFileError(message: "the saved prefixes \(what); they are left out") }
        }
        try check(data.count >= Self.headBytes + 8 && data.prefix(8).elementsEqual(Self.magic), "are no such file")
        try check(data[8..<40].elementsEqual(modelDigest), "belong to another model")
        try check(Self.integer(data, 40) == UInt64(pageBytes), "have pages of another size")
        let count = Self.integer(data, 48)
        let each = UInt64(Self.recordBytes + pageBytes)
        let (body, overflow) = count.multipliedReportingOverflow(by: each)
        try check(!overflow && body == UInt64(data.count - Self.headBytes - 8), "are cut short")
        try check(Checksum.of(data.dropLast(8)) == Self.integer(data, data.count - 8), "are damaged")
        var pages: [SavedPage] = []
        for index in 0..<Int(count) {
            let start = Self.headBytes + index * Self.recordBytes
            let parent = Int64(bitPattern: Self.integer(data, start))
            let tokens = (0..<PageTable.pageTokens).map { Token(bitPattern: Self.word(data, start + 8 + 4 * $0)) }
            try check(parent >= -1 && parent < Int64(index), "have pages in no order")
            try check(tokens.allSatisfy { $0 >= 0 && $0 < vocabularySize }, "have tokens that the model does not know")
            pages.append(SavedPage(page: 0, parent: parent < 0 ? nil : Int(parent), tokens: tokens))
        }
        self.init(modelDigest: modelDigest, pageBytes: pageBytes, pages: pages)
    }

    init(modelDigest: [UInt8], pageBytes: Int, pages: [SavedPage]) {
        self.modelDigest = modelDigest
        self.pageBytes = pageBytes
        self.pages = pages
    }

    /// Where the keys and values of a page begin.
    func payload(of index: Int) -> Int { Self.headBytes + pages.count * Self.recordBytes + index * pageBytes }

    private static func integer(_ data: Data, _ offset: Int) -> UInt64 {
        data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    private static func word(_ data: Data, _ offset: Int) -> UInt32 {
        data.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}

/// A sum that finds damage, not malice: the words of a text, multiplied and mixed (after FNV-1a, eight bytes at a time).
struct Checksum {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    private var rest: [UInt8] = []

    /// Adds bytes; how they are cut into calls does not matter.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        while !rest.isEmpty, rest.count < 8, start < bytes.count {
            rest.append(bytes[start])
            start += 1
        }
        if rest.count == 8 {
            mix(rest.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
            rest = []
        }
        while bytes.count - start >= 8 {
            mix(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            start += 8
        }
        rest += bytes[start...]
    }

    private mutating func mix(_ word: UInt64) {
        value = (value ^ UInt64(littleEndian: word)) &* 0x0000_0100_0000_01B3
        value ^= value >> 29
    }

    /// The sum of all bytes added.
    var sum: UInt64 {
        var whole = self
        for byte in rest { whole.mix(UInt64(byte)) }
        return whole.value
    }

    static func of(_ data: Data) -> UInt64 {
        var checksum = Checksum()
        data.withUnsafeBytes { checksum.add($0) }
        return checksum.sum
    }
}
