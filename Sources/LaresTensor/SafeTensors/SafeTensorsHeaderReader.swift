/// Reads the JSON of a header, and only the JSON a header may have: an object of tensor entries and one object of strings. Nesting is
/// fixed by that shape, so hostile depth can't reach a recursive parser.
struct SafeTensorsHeaderReader {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private var at = 0
    private(set) var metadata: [String: String] = [:]
    private static let mostDimensions = 64

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func read() throws(SafeTensorsError) -> [String: SafeTensorsEntry] {
        guard bytes.first == UInt8(ascii: "{") else { throw malformed("does not begin with '{'") }
        var entries: [String: SafeTensorsEntry] = [:]
        var hasMetadata = false
        try object { reader, name throws(SafeTensorsError) in
            if name == "__metadata__" {
                guard !hasMetadata else { throw reader.duplicate(name) }
                hasMetadata = true
                try reader.readMetadata()
                return
            }
            guard entries.count < SafeTensorsContents.mostTensors else {
                throw SafeTensorsError(.tooLarge, "'\(reader.path)' names over a million tensors")
            }
            let entry = try reader.entry(name)
            guard entries.updateValue(entry, forKey: name) == nil else { throw reader.duplicate(name) }
        }
        skipSpace()
        guard at == bytes.count else { throw malformed("has text after its end") }
        return entries
    }

    private mutating func readMetadata() throws(SafeTensorsError) {
        var found: [String: String] = [:]
        try object { reader, key throws(SafeTensorsError) in
            let value = try reader.string()
            guard found.updateValue(value, forKey: key) == nil else { throw reader.duplicate(key) }
        }
        metadata = found
    }

    private mutating func entry(_ name: String) throws(SafeTensorsError) -> SafeTensorsEntry {
        var (type, shape, offsets): (String?, [Int]?, [Int]?) = (nil, nil, nil)
        try object { reader, field throws(SafeTensorsError) in
            switch field {
            case "dtype":
                guard type == nil else { throw reader.duplicate(field) }
                type = try reader.string()
            case "shape":
                guard shape == nil else { throw reader.duplicate(field) }
                shape = try reader.integers()
            case "data_offsets":
                guard offsets == nil else { throw reader.duplicate(field) }
                offsets = try reader.integers()
            default: throw reader.malformed("gives tensor '\(name)' an unknown field '\(field)'")
            }
        }
        guard let type, let shape, let offsets, offsets.count == 2 else { throw malformed("describes tensor '\(name)' incompletely") }
        guard let element = SafeTensorsEntry.ElementType(rawValue: type) else {
            throw SafeTensorsError(.unknownType, "'\(path)': tensor '\(name)' has the type '\(type)', which Lares does not read")
        }
        guard offsets[0] <= offsets[1] else {
            throw SafeTensorsError(.badOffsets, "'\(path)': tensor '\(name)' ends at byte \(offsets[1]), before its begin \(offsets[0])")
        }
        return SafeTensorsEntry(type: element, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// Reads `{ "key": …, … }`; `value` reads what follows each colon.
    private mutating func object(
        _ value: (inout SafeTensorsHeaderReader, String) throws(SafeTensorsError) -> Void
    ) throws(SafeTensorsError) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try value(&self, key)
        } while accept(",")
        try expect("}")
    }

    private mutating func integers() throws(SafeTensorsError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if accept("]") { return values }
        repeat {
            guard values.count < Self.mostDimensions else { throw malformed("has a list of more than \(Self.mostDimensions) numbers") }
            values.append(try integer())
        } while accept(",")
        try expect("]")
        return values
    }

    /// A whole number of 0 or more that fits in 63 bits.
    private mutating func integer() throws(SafeTensorsError) -> Int {
        skipSpace()
        let start = at
        var value = 0
        while at < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) {
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(Int(bytes[at] - UInt8(ascii: "0")))
            guard !first, !second else {
                throw SafeTensorsError(.sizeMismatch, "'\(path)' has a size or offset of more than 63 bits at byte \(start)")
            }
            value = sum
            at += 1
        }
        guard at > start, at == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            throw malformed("has no whole number at byte \(start)")
        }
        return value
    }

    private mutating func string() throws(SafeTensorsError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                // The header is UTF-8 as a whole and escapes write whole scalars.
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw malformed("has a control character in a name at byte \(at - 1)")
            default: text.append(byte)
            }
        }
        throw malformed("ends inside a name")
    }

    private mutating func escape() throws(SafeTensorsError) -> [UInt8] {
        guard at < bytes.count else { throw malformed("ends inside a name") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw malformed("has an unknown escape at byte \(at - 1)")
        }
    }

    /// The scalar of \uXXXX, or of two that make a surrogate pair.
    private mutating func scalar() throws(SafeTensorsError) -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
            throw malformed("has half a surrogate pair at byte \(at)")
        }
        at += 2
        let second = try fourDigits()
        guard (0xdc00...0xdfff).contains(second), let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)) else {
            throw malformed("has half a surrogate pair at byte \(at)")
        }
        return scalar
    }

    private mutating func fourDigits() throws(SafeTensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
                throw malformed("has a broken escape at byte \(at)")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafeTensorsError) {
        guard accept(character) else { throw malformed("has no '\(character)' at byte \(at)") }
    }

    private func malformed(_ what: String) -> SafeTensorsError {
        SafeTensorsError(.malformedHeader, "'\(path)' has a header that \(what): not a safetensors file, or a damaged one")
    }

    private func duplicate(_ key: String) -> SafeTensorsError {
        SafeTensorsError(.duplicateKey, "'\(path)' names '\(key)' twice in its header: it can't be trusted")
    }
}
