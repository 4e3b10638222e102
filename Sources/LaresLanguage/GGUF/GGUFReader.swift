/// A cursor over a GGUF header that checks every length against what is left before it reads.
struct GGUFReader {
    let storage: GGUFStorage
    private(set) var position = 0

    init(_ storage: GGUFStorage) {
        self.storage = storage
    }

    var remaining: Int { storage.bytes.count - position }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ what: @autoclosure () -> String) throws -> T {
        try need(MemoryLayout<T>.size, what())
        defer { position += MemoryLayout<T>.size }
        return T(littleEndian: storage.bytes.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    /// A count of things that take at least `smallest` bytes each, so that a lie is found before memory is asked for.
    mutating func count(of smallest: Int, _ what: @autoclosure () -> String) throws -> Int {
        let announced = try integer(UInt64.self, what())
        guard announced <= UInt64(remaining / max(1, smallest)) else {
            throw GGUFError(
                .implausibleCount,
                "\(what()) is \(announced), but only \(remaining) bytes follow: the file is cut short or damaged; download it again")
        }
        return Int(announced)
    }

    /// The same with a bound: every one of these things takes memory beside the file.
    mutating func count(of smallest: Int, upTo limit: Int, _ what: @autoclosure () -> String) throws -> Int {
        let count = try count(of: smallest, what())
        guard count <= limit else {
            throw GGUFError(.implausibleCount, "\(what()) is \(count); models have at most \(limit): the file is damaged or no model")
        }
        return count
    }

    mutating func text(_ what: @autoclosure () -> String) throws -> UnsafeRawBufferPointer {
        let length = try count(of: 1, "the length of \(what())")
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: storage.bytes[position..<(position + length)])
    }

    /// A key or tensor name: 1 to `limit` bytes of valid UTF-8.
    mutating func name(_ what: @autoclosure () -> String, limit: Int) throws -> String {
        let bytes = try text(what())
        guard !bytes.isEmpty, bytes.count <= limit, let name = String(validating: bytes, as: UTF8.self) else {
            throw GGUFError(.badName, "\(what()) must be 1 to \(limit) bytes of UTF-8, it has \(bytes.count); the file is damaged")
        }
        return name
    }

    mutating func value(of key: String) throws -> GGUFValue {
        let kind = try kind(of: key)
        return kind == .array ? .array(try array(of: key)) : try scalar(kind, of: key)
    }

    private mutating func kind(of key: String) throws -> GGUFKind {
        let raw = try integer(UInt32.self, "the type of '\(key)'")
        guard let kind = GGUFKind(rawValue: raw) else {
            throw GGUFError(.unknownType, "'\(key)' has the value type \(raw); GGUF knows 0 to 12")
        }
        return kind
    }

    private mutating func scalar(_ kind: GGUFKind, of key: String) throws -> GGUFValue {
        switch kind {
        case .uint8: .integer(Int128(try integer(UInt8.self, key)), kind: kind)
        case .int8: .integer(Int128(try integer(Int8.self, key)), kind: kind)
        case .uint16: .integer(Int128(try integer(UInt16.self, key)), kind: kind)
        case .int16: .integer(Int128(try integer(Int16.self, key)), kind: kind)
        case .uint32: .integer(Int128(try integer(UInt32.self, key)), kind: kind)
        case .int32: .integer(Int128(try integer(Int32.self, key)), kind: kind)
        case .uint64: .integer(Int128(try integer(UInt64.self, key)), kind: kind)
        case .int64: .integer(Int128(try integer(Int64.self, key)), kind: kind)
        case .float32: .float(Double(Float(bitPattern: try integer(UInt32.self, key))), kind: kind)
        case .float64: .float(Double(bitPattern: try integer(UInt64.self, key)), kind: kind)
        case .bool: .bool(try truth(of: key))
        case .string, .array: .string(String(decoding: try text("'\(key)'"), as: UTF8.self))
        }
    }

    private mutating func truth(of key: String) throws -> Bool {
        let raw = try integer(UInt8.self, key)
        guard raw <= 1 else { throw GGUFError(.outOfRange, "'\(key)' is a bool of value \(raw); it must be 0 or 1") }
        return raw == 1
    }

    private mutating func array(of key: String) throws -> GGUFArray {
        let kind = try kind(of: key)
        guard kind != .array else {
            throw GGUFError(.unknownType, "'\(key)' is an array of arrays, which no known model uses; the file is damaged")
        }
        let count = try count(of: kind.width ?? 8, "the number of elements of '\(key)'")
        let start = position
        if let width = kind.width {
            position += count * width
        } else {
            for _ in 0..<count { _ = try text("an element of '\(key)'") }
        }
        return GGUFArray(kind: kind, count: count, storage: storage, offset: start)
    }

    private func need(_ count: Int, _ what: @autoclosure () -> String) throws {
        guard remaining >= count else {
            throw GGUFError(
                .truncated, "the file ends at byte \(storage.bytes.count), inside \(what()): it is cut short; download it again")
        }
    }
}
