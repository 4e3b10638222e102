/// One metadata value of a GGUF file, in the type the file gives it.
public enum GGUFValue: Sendable {
    /// Any of the integer types; `kind` keeps which.
    case integer(Int128, kind: GGUFKind)
    /// FLOAT32 or FLOAT64.
    case float(Double, kind: GGUFKind)
    /// BOOL.
    case bool(Bool)
    /// STRING, with broken UTF-8 replaced.
    case string(String)
    /// ARRAY of anything but arrays.
    case array(GGUFArray)

    /// The type as the file names it.
    public var kind: GGUFKind {
        switch self {
        case .integer(_, let kind), .float(_, let kind): kind
        case .bool: .bool
        case .string: .string
        case .array: .array
        }
    }
}

/// The value types of the GGUF specification, with their numbers in the file.
public enum GGUFKind: UInt32, Sendable {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes of one value; nil for strings and arrays.
    var width: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// An array value, left in the file until it is asked for: a vocabulary of 262,144 strings costs nothing to open.
///
/// Its bounds were checked when the file was opened, so reading it cannot fail.
public struct GGUFArray: Sendable {
    /// The type of every element.
    public let kind: GGUFKind
    /// Number of elements.
    public let count: Int
    let storage: GGUFStorage
    let offset: Int

    /// The elements as integers, or nil when they are not integers (or do not fit `Int`).
    public func integers() -> [Int]? {
        switch kind {
        case .uint8: map(UInt8.self) { Int($0) }
        case .int8: map(Int8.self) { Int($0) }
        case .uint16: map(UInt16.self) { Int($0) }
        case .int16: map(Int16.self) { Int($0) }
        case .uint32: map(UInt32.self) { Int($0) }
        case .int32: map(Int32.self) { Int($0) }
        case .int64: map(Int64.self) { Int($0) }
        case .uint64: map(UInt64.self) { Int(exactly: $0) ?? -1 }.flatMap { $0.contains(-1) ? nil : $0 }
        default: nil
        }
    }

    /// The elements as floats, or nil when they are not FLOAT32 or FLOAT64.
    public func floats() -> [Float]? {
        switch kind {
        case .float32: map(UInt32.self) { Float(bitPattern: $0) }
        case .float64: map(UInt64.self) { Float(Double(bitPattern: $0)) }
        default: nil
        }
    }

    /// The elements as truth values, or nil when they are not BOOL.
    public func bools() -> [Bool]? {
        kind == .bool ? map(UInt8.self) { $0 != 0 } : nil
    }

    /// The elements as strings with broken UTF-8 replaced, or nil when they are not STRING.
    public func strings() -> [String]? {
        var result: [String] = []
        result.reserveCapacity(kind == .string ? count : 0)
        return forEachString { result.append(String(decoding: $0, as: UTF8.self)) } ? result : nil
    }

    /// Calls `body` with the bytes of each string in order; false when the elements are not STRING.
    @discardableResult
    public func forEachString(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        guard kind == .string else { return false }
        let bytes = storage.bytes
        var position = offset
        for _ in 0..<count {
            let length = Int(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            body(UnsafeRawBufferPointer(rebasing: bytes[(position + 8)..<(position + 8 + length)]))
            position += 8 + length
        }
        return true
    }

    private func map<Element: FixedWidthInteger & BitwiseCopyable, Result>(_ type: Element.Type, _ body: (Element) -> Result) -> [Result]? {
        let bytes = storage.bytes
        let stride = MemoryLayout<Element>.size
        return (0..<count).map { body(Element(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + $0 * stride, as: Element.self))) }
    }
}
