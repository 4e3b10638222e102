public import LaresTensor

/// What a GGUF file is to hold: values by key, and tensors.
///
/// ```swift
/// var contents = GGUFContents(architecture: "llama")
/// contents.values["general.name"] = .string("tiny")
/// contents.append("token_embd.weight", embedding, as: .q8_0)
/// try contents.write(to: "tiny.gguf")
/// ```
/// Format: the GGUF specification of the ggml project, version 3.
public struct GGUFContents: Sendable {
    /// The key-value part.
    public var values: [String: GGUFValue]
    private var tensors: [Entry] = []

    private struct Entry: Sendable {
        let name: String, shape: Shape, type: DType, tensor: @Sendable () -> Tensor

        var byteCount: Int { type.byteCount(ofElements: shape.elementCount) ?? 0 }
    }

    private static let alignment = 32

    /// No tensors yet.
    public init(architecture: String) { values = ["general.architecture": .string(architecture)] }

    /// Adds a tensor, stored as one of `DType.writable`; as F32 where rows are not whole blocks of that type, or where it is a vector.
    public mutating func append(_ name: String, _ tensor: Tensor, as type: DType) {
        let plain = tensor.detached
        append(name, tensor.shape, as: type) { plain }
    }

    /// The same of a tensor that is made when the file is written, so that not all are in memory at once.
    mutating func append(_ name: String, _ shape: Shape, as type: DType, _ tensor: @escaping @Sendable () -> Tensor) {
        let fits = shape.count > 1 && shape.last.map { $0.isMultiple(of: type.elementsPerBlock) } ?? false
        tensors.append(Entry(name: name, shape: shape, type: fits ? type : .f32, tensor: tensor))
    }

    /// Writes the file: whole, or not at all. Throws `FileError`.
    public func write(to path: String) throws(FileError) { try WholeFile.write(pieces, to: path) }

    /// The bytes of the file, piece by piece, each made when it is asked for.
    public var pieces: some Sequence<[UInt8]> {
        let header = [{ headerBytes }]
        let data = tensors.map { entry in { entry.tensor().withFloats { entry.type.encode($0) } + padding(after: entry.byteCount) } }
        return (header + data).lazy.map { $0() }
    }

    /// Bytes of all tensors.
    public var tensorBytes: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    private func padding(after count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (Self.alignment - count % Self.alignment) % Self.alignment)
    }

    private var headerBytes: [UInt8] {
        var out = GGUFBytes()
        out.append(UInt32(0x4655_4747))
        out.append(UInt32(3))
        out.append(UInt64(tensors.count))
        out.append(UInt64(values.count))
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            out.append(key)
            out.append(value)
        }
        var offset = 0
        for entry in tensors {
            out.append(entry.name)
            out.append(UInt32(entry.shape.count))
            for size in entry.shape.reversed() { out.append(UInt64(size)) }
            out.append(entry.type.rawValue)
            out.append(UInt64(offset))
            offset += entry.byteCount + padding(after: entry.byteCount).count
        }
        return out.bytes + padding(after: out.bytes.count)
    }
}

/// Bytes as GGUF has them: little-endian, strings behind their lengths.
struct GGUFBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }

    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func append(_ value: GGUFValue) {
        append(value.kind.rawValue)
        switch value {
        case .integer(let number, let kind): append(number, kind)
        case .float(let number, let kind):
            if kind == .float64 { append(number.bitPattern) } else { append(Float(number).bitPattern) }
        case .bool(let isTrue): append(UInt8(isTrue ? 1 : 0))
        case .string(let text): append(text)
        case .array(let array):
            append(array.kind.rawValue)
            append(UInt64(array.count))
            bytes += array.bytes
        }
    }

    /// The low bytes of a number that was read as, or fits, its kind.
    private mutating func append(_ number: Int128, _ kind: GGUFKind) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0.prefix(kind.width ?? 8) }
    }
}

extension GGUFValue {
    /// A UINT32, which counts and sizes are.
    public static func count(_ number: Int) -> GGUFValue { .integer(Int128(number), kind: .uint32) }
    /// A FLOAT32.
    public static func number(_ number: Float) -> GGUFValue { .float(Double(number), kind: .float32) }
    /// An array of STRING.
    public static func strings(_ texts: [String]) -> GGUFValue {
        var out = GGUFBytes()
        for text in texts { out.append(text) }
        return .array(GGUFArray(kind: .string, count: texts.count, storage: GGUFStorage(copying: out.bytes), offset: 0))
    }
    /// An array of INT32.
    public static func integers(_ numbers: [Int32]) -> GGUFValue {
        var out = GGUFBytes()
        for number in numbers { out.append(number) }
        return .array(GGUFArray(kind: .int32, count: numbers.count, storage: GGUFStorage(copying: out.bytes), offset: 0))
    }
}

extension GGUFArray {
    /// The elements as the file has them.
    var bytes: UnsafeRawBufferPointer {
        guard let width = kind.width else {
            var end = offset
            forEachString { end += 8 + $0.count }
            return UnsafeRawBufferPointer(rebasing: storage.bytes[offset..<end])
        }
        return UnsafeRawBufferPointer(rebasing: storage.bytes[offset..<(offset + count * width)])
    }
}
