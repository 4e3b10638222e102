import Foundation
import LaresLanguage
import LaresTensor

/// Writes GGUF files in memory, right ones and (with the raw calls) wrong ones.
struct GGUFBuilder {
    var magic: UInt32 = 0x4655_4747
    var version: UInt32 = 3
    var alignment = 32
    /// Announced counts, when they shall differ from the truth.
    var tensorCount: UInt64?
    var valueCount: UInt64?
    private var values: [[UInt8]] = []
    private var headers: [[UInt8]] = []
    private var data: [UInt8] = []

    static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    static func string(_ text: String) -> [UInt8] { bytes(UInt64(text.utf8.count)) + Array(text.utf8) }

    mutating func add(_ key: String, kind: GGUFKind, payload: [UInt8]) {
        values.append(Self.string(key) + Self.bytes(kind.rawValue) + payload)
    }
    mutating func addRaw(_ bytes: [UInt8]) { values.append(bytes) }
    mutating func add(_ key: String, _ value: String) { add(key, kind: .string, payload: Self.string(value)) }
    mutating func add(_ key: String, _ value: Int) { add(key, kind: .uint32, payload: Self.bytes(UInt32(value))) }
    mutating func add(_ key: String, _ value: Float) { add(key, kind: .float32, payload: Self.bytes(value.bitPattern)) }
    mutating func add(_ key: String, _ value: Bool) { add(key, kind: .bool, payload: [value ? 1 : 0]) }
    mutating func add(_ key: String, _ value: [String]) { addArray(key, .string, value.count, value.flatMap(Self.string)) }
    mutating func add(_ key: String, _ value: [Float]) { addArray(key, .float32, value.count, value.flatMap { Self.bytes($0.bitPattern) }) }
    mutating func add(_ key: String, _ value: [Int32]) { addArray(key, .int32, value.count, value.flatMap(Self.bytes)) }

    mutating func addArray(_ key: String, _ kind: GGUFKind, _ count: Int, _ payload: [UInt8]) {
        add(key, kind: .array, payload: Self.bytes(kind.rawValue) + Self.bytes(UInt64(count)) + payload)
    }

    /// A tensor header as it stands in the file, and whatever data.
    mutating func addTensor(_ name: String, type: UInt32, dimensions: [UInt64], offset: UInt64? = nil, data bytes: [UInt8] = []) {
        let header =
            Self.string(name) + Self.bytes(UInt32(dimensions.count)) + dimensions.flatMap(Self.bytes) + Self.bytes(type)
            + Self.bytes(offset ?? UInt64(data.count))
        headers.append(header)
        data += bytes
        data += [UInt8](repeating: 0, count: (alignment - data.count % alignment) % alignment)
    }

    mutating func addTensor(_ name: String, _ values: [Float], dimensions: [Int]) {
        let bytes = values.withUnsafeBytes { Array($0) }
        addTensor(name, type: DType.f32.rawValue, dimensions: dimensions.map { UInt64($0) }, data: bytes)
    }

    func build() -> [UInt8] {
        var file = Self.bytes(magic) + Self.bytes(version)
        file += Self.bytes(tensorCount ?? UInt64(headers.count)) + Self.bytes(valueCount ?? UInt64(values.count))
        for value in values { file += value }
        for header in headers { file += header }
        file += [UInt8](repeating: 0, count: (alignment - file.count % alignment) % alignment)
        return file + data
    }

    func file() throws -> GGUFFile { try GGUFFile(GGUFStorage(copying: build())) }
}
