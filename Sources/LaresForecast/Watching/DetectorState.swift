/// Puts what a detector remembers into bytes: its name, the values, and a sum over all.
public struct StateWriter: Sendable {
    private var content: [UInt8] = []

    init(_ name: String) {
        content.append(UInt8(clamping: name.utf8.count))
        content.append(contentsOf: name.utf8.prefix(255))
        content.append(StateReader.version)
    }

    /// All that was put, and the sum.
    var bytes: [UInt8] {
        var all = self
        all.integer(StateReader.sum(content[...]))
        return all.content
    }

    mutating func put(_ value: Double) { integer(value.bitPattern) }
    mutating func put(_ value: Float) { integer(value.bitPattern) }
    mutating func put(_ value: Int) { integer(Int64(value)) }
    mutating func put(_ value: Int64) { integer(value) }
    mutating func put(_ values: [Double]) { for value in values { put(value) } }
    mutating func put(_ values: [Float]) { for value in values { put(value) } }

    private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { content.append(contentsOf: $0) }
    }
}

/// Reads them again, and throws rather than believe what can't be.
public struct StateReader: Sendable {
    static let version: UInt8 = 1

    private var rest: ArraySlice<UInt8>
    private let name: String

    init(_ bytes: [UInt8], of name: String) throws {
        self.name = name
        rest = bytes.dropLast(4)
        let sum = Self.sum(rest)
        var end = StateReader(rest: bytes.suffix(4), name)
        guard bytes.count > 4, try end.integer(UInt32.self) == sum else { throw fault("is damaged: its sum is wrong") }
        let length = Int(rest.popFirst() ?? 0)
        guard rest.prefix(length).elementsEqual(name.utf8) else { throw fault("is that of another detector") }
        rest = rest.dropFirst(length)
        guard rest.popFirst() == Self.version else { throw fault("is of another version") }
    }

    private init(rest: ArraySlice<UInt8>, _ name: String) { (self.rest, self.name) = (rest, name) }

    /// A finite number.
    mutating func double() throws -> Double {
        let value = Double(bitPattern: try integer(UInt64.self))
        guard value.isFinite else { throw fault("has a number that isn't finite") }
        return value
    }

    mutating func float() throws -> Float {
        let value = Float(bitPattern: try integer(UInt32.self))
        guard value.isFinite else { throw fault("has a number that isn't finite") }
        return value
    }

    mutating func int64() throws -> Int64 { try integer(Int64.self) }

    mutating func int(_ range: ClosedRange<Int>) throws -> Int {
        let value = try Int(integer(Int64.self))
        guard range.contains(value) else { throw fault("has \(value) where \(range.lowerBound) to \(range.upperBound) is possible") }
        return value
    }

    mutating func doubles(_ count: Int) throws -> [Double] { try (0..<count).map { _ in try double() } }
    mutating func floats(_ count: Int) throws -> [Float] { try (0..<count).map { _ in try float() } }

    func finish() throws { guard rest.isEmpty else { throw fault("goes on for \(rest.count) bytes too many") } }

    func fault(_ what: String) -> ForecastError {
        ForecastError(.badState, "the state of a \(name) detector \(what): let it learn anew")
    }

    private mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let size = Value.bitWidth / 8
        guard rest.count >= size else { throw fault("is cut short") }
        var value: Value = 0
        for byte in rest.prefix(size).reversed() { value = value << 8 | Value(truncatingIfNeeded: byte) }
        rest = rest.dropFirst(size)
        return value
    }

    /// FNV-1a, 32 bits.
    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
