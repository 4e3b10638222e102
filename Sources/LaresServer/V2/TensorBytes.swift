import LaresNeural

/// Tensors as bytes: little-endian, row-major, without padding (binary tensor data extension).
enum TensorBytes {
    /// How many elements a shape has; nil for negative sizes and for more than an `Int` holds.
    static func count(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (next, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = next
        }
        return count
    }

    /// Bytes of one element; nil for texts.
    static func size(of type: SignatureType) -> Int? {
        switch type {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .fp16: 2
        case .int32, .uint32, .fp32: 4
        case .int64, .uint64, .fp64: 8
        case .bytes: nil
        }
    }

    /// Reads a tensor.
    ///
    /// - Throws: ``APIError`` (400) when there are too few or too many bytes, or texts that aren't UTF-8.
    static func value(_ bytes: ArraySlice<UInt8>, _ type: SignatureType, shape: [Int], name: String) throws -> NetworkValue {
        guard let count = count(shape) else { throw APIError.invalid("the shape \(shape) of '\(name)' is no shape", param: "inputs") }
        guard let size = size(of: type) else { return .strings(try texts(bytes, count: count, name), shape: shape) }
        guard bytes.count % size == 0, bytes.count / size == count else {
            throw APIError.invalid(
                "'\(name)' has \(bytes.count) bytes; \(type.rawValue) of the shape \(shape) has \(size) each for \(count) elements",
                param: "inputs")
        }
        switch type {
        case .fp16: return .floats(read(bytes, UInt16.self) { Float(Float16(bitPattern: $0)) }, shape: shape)
        case .fp32: return .floats(read(bytes, UInt32.self) { Float(bitPattern: $0) }, shape: shape)
        case .fp64: return .floats(try read(bytes, UInt64.self) { try float(Double(bitPattern: $0), type, name) }, shape: shape)
        default: return .integers(try integers(bytes, type, name), shape: shape)
        }
    }

    /// A number as it is computed with: the nearest of 32 bits, of FP16 the nearest of 16.
    ///
    /// - Throws: ``APIError`` (400) for a number that would become infinite.
    static func float(_ number: Double, _ type: SignatureType, _ name: String) throws -> Float {
        let float = type == .fp16 ? Float(Float16(number)) : Float(number)
        guard float.isFinite || !number.isFinite else {
            let largest = type == .fp16 ? Float(Float16.greatestFiniteMagnitude) : .greatestFiniteMagnitude
            throw APIError.invalid(
                "'\(name)' has \(number); \(type.rawValue) is taken up to \(largest), since everything is computed in 32 bits",
                param: "inputs")
        }
        return float
    }

    private static func integers(_ bytes: ArraySlice<UInt8>, _ type: SignatureType, _ name: String) throws -> [Int64] {
        switch type {
        case .int8: return read(bytes, UInt8.self) { Int64(Int8(bitPattern: $0)) }
        case .int16: return read(bytes, UInt16.self) { Int64(Int16(bitPattern: $0)) }
        case .int32: return read(bytes, UInt32.self) { Int64(Int32(bitPattern: $0)) }
        case .int64: return read(bytes, UInt64.self) { Int64(bitPattern: $0) }
        case .uint16: return read(bytes, UInt16.self) { Int64($0) }
        case .uint32: return read(bytes, UInt32.self) { Int64($0) }
        case .uint64:
            let numbers = read(bytes, UInt64.self) { $0 }
            guard let largest = numbers.max(), largest > UInt64(Int64.max) else { return numbers.map { Int64($0) } }
            throw APIError.invalid("'\(name)' has \(largest); UINT64 is taken up to \(Int64.max)", param: "inputs")
        default: return read(bytes, UInt8.self) { Int64($0) }
        }
    }

    private static func read<Bits: FixedWidthInteger, Value>(
        _ bytes: ArraySlice<UInt8>, _: Bits.Type, _ convert: (Bits) throws -> Value
    ) rethrows -> [Value] {
        try bytes.withUnsafeBytes { raw in
            let size = MemoryLayout<Bits>.size
            return try (0..<(raw.count / size)).map {
                try convert(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)))
            }
        }
    }

    /// Texts, each after its length in four bytes.
    private static func texts(_ bytes: ArraySlice<UInt8>, count: Int, _ name: String) throws -> [String] {
        var texts: [String] = []
        var rest = bytes
        while !rest.isEmpty, texts.count < count {
            guard rest.count >= 4 else { break }
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count else {
                throw APIError.invalid("'\(name)': text \(texts.count) of \(length) bytes goes beyond the tensor's end", param: "inputs")
            }
            guard let text = String(validating: rest.prefix(length), as: UTF8.self) else {
                throw APIError.invalid("'\(name)': text \(texts.count) is not UTF-8", param: "inputs")
            }
            texts.append(text)
            rest = rest.dropFirst(length)
        }
        guard texts.count == count, rest.isEmpty else {
            throw APIError.invalid(
                "'\(name)' has \(texts.count) whole texts for \(count) elements, and \(rest.count) bytes more", param: "inputs")
        }
        return texts
    }

    /// Appends a tensor.
    static func append(_ value: NetworkValue, _ type: SignatureType, to bytes: inout [UInt8]) {
        switch (value, type) {
        case (.floats(let numbers, _), .fp16): numbers.forEach { bytes.append(littleEndian: Float16($0).bitPattern) }
        case (.floats(let numbers, _), .fp64): numbers.forEach { bytes.append(littleEndian: Double($0).bitPattern) }
        case (.floats(let numbers, _), _): numbers.forEach { bytes.append(littleEndian: $0.bitPattern) }
        case (.strings(let texts, _), _):
            for text in texts {
                bytes.append(littleEndian: UInt32(truncatingIfNeeded: text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            }
        case (.integers(let numbers, _), let type):
            switch size(of: type) {
            case 1: numbers.forEach { bytes.append(UInt8(truncatingIfNeeded: $0)) }
            case 2: numbers.forEach { bytes.append(littleEndian: UInt16(truncatingIfNeeded: $0)) }
            case 4: numbers.forEach { bytes.append(littleEndian: UInt32(truncatingIfNeeded: $0)) }
            default: numbers.forEach { bytes.append(littleEndian: UInt64(bitPattern: $0)) }
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
