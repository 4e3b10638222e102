/// What the bytes of a file say, checked in full.
package struct SafeTensorsContents {
    let entries: [String: SafeTensorsEntry]
    let metadata: [String: String]
    /// First byte of the data.
    let start: Int

    static let longestHeader = 100_000_000
    static let mostTensors = 1_000_000

    /// Throws `SafeTensorsError`; `path` is for its messages.
    package init(_ bytes: UnsafeRawBufferPointer, path: String) throws(SafeTensorsError) {
        let header = try SafeTensorsContents.header(of: bytes, path: path)
        start = 8 + header.count
        var reader = SafeTensorsHeaderReader(header, path: path)
        entries = try reader.read()
        metadata = reader.metadata
        try SafeTensorsContents.check(entries, dataCount: bytes.count - start, path: path)
    }

    /// Bytes all tensors take.
    package var byteCount: Int { entries.values.reduce(0) { $0 + $1.end - $1.begin } }

    private static func header(of bytes: UnsafeRawBufferPointer, path: String) throws(SafeTensorsError) -> UnsafeRawBufferPointer {
        guard bytes.count >= 8 else {
            throw SafeTensorsError(
                .truncated,
                "'\(path)' has \(bytes.count) bytes, fewer than the 8 of the header's length: it is cut short, make it or get it again")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(longestHeader) else {
            throw SafeTensorsError(
                .tooLarge, "'\(path)' claims a header of \(length) bytes, more than \(longestHeader): not a safetensors file")
        }
        guard Int(length) <= bytes.count - 8 else {
            throw SafeTensorsError(
                .truncated,
                "'\(path)' has a header of \(length) bytes, the file has \(bytes.count): it is cut short, make it or get it again")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<(8 + Int(length))])
        guard String(validating: header, as: UTF8.self) != nil else {
            throw SafeTensorsError(.malformedHeader, "'\(path)' has a header that is not UTF-8: not a safetensors file")
        }
        return header
    }

    /// Sizes agree with shapes, and the tensors cover the data exactly.
    private static func check(_ entries: [String: SafeTensorsEntry], dataCount: Int, path: String) throws(SafeTensorsError) {
        for (name, entry) in entries where entry.byteCount != entry.end - entry.begin {
            throw SafeTensorsError(
                .sizeMismatch,
                "'\(path)': tensor '\(name)' of shape \(entry.shape) and type \(entry.type.rawValue) doesn't fit its "
                    + "\(entry.end - entry.begin) bytes: the file is damaged")
        }
        var next = 0
        for (name, entry) in entries.sorted(by: { ($0.value.begin, $0.value.end) < ($1.value.begin, $1.value.end) }) {
            guard entry.begin == next else {
                throw SafeTensorsError(
                    .badOffsets,
                    "'\(path)': tensor '\(name)' begins at byte \(entry.begin), \(next) was expected: tensors overlap or leave a hole")
            }
            next = entry.end
        }
        guard next <= dataCount else {
            throw SafeTensorsError(
                .truncated, "'\(path)' has \(dataCount) bytes of data, its tensors take \(next): it is cut short, make it or get it again")
        }
        guard next == dataCount else {
            throw SafeTensorsError(
                .badOffsets, "'\(path)' has \(dataCount - next) bytes after its last tensor: not a plain safetensors file")
        }
    }
}

/// What the header says of one tensor. 0 <= begin <= end.
struct SafeTensorsEntry {
    enum ElementType: String {
        case bool = "BOOL"
        case u8 = "U8"
        case i8 = "I8"
        case f8e5m2 = "F8_E5M2"
        case f8e4m3 = "F8_E4M3"
        case i16 = "I16"
        case u16 = "U16"
        case f16 = "F16"
        case bf16 = "BF16"
        case i32 = "I32"
        case u32 = "U32"
        case f32 = "F32"
        case i64 = "I64"
        case u64 = "U64"
        case f64 = "F64"

        var byteCount: Int {
            switch self {
            case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
            case .i16, .u16, .f16, .bf16: 2
            case .i32, .u32, .f32: 4
            case .i64, .u64, .f64: 8
            }
        }
    }

    let type: ElementType
    let shape: [Int]
    let begin: Int
    let end: Int

    /// Bytes the shape takes; nil on overflow.
    var byteCount: Int? {
        var count = type.byteCount
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            // A zero further on doesn't excuse an overflow before it: no real tensor has such a shape.
            if overflow { return nil }
            count = product
        }
        return count
    }
}
