/// Reads the big-endian values of SUMO's Traffic Control Interface, never past the end of its bytes.
struct TraCIReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, position) = (bytes, bytes.startIndex) }

    var remaining: Int { bytes.endIndex - position }

    private mutating func take(_ count: Int) throws(TrafficError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw TrafficError(.badReply, "SUMO's reply ends at byte \(bytes.count); \(count) more were announced at byte \(offset)")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private var offset: Int { position - bytes.startIndex }

    mutating func byte() throws(TrafficError) -> UInt8 {
        guard position < bytes.endIndex else {
            throw TrafficError(.badReply, "SUMO's reply ends at byte \(bytes.count), in the middle of a value")
        }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func int() throws(TrafficError) -> Int {
        var value: UInt32 = 0
        for byte in try take(4) { value = value << 8 | UInt32(byte) }
        return Int(Int32(bitPattern: value))
    }

    /// A number of things that each take at least `size` bytes, so that a lying count can't cost memory.
    mutating func count(ofSize size: Int) throws(TrafficError) -> Int {
        let count = try int()
        guard count >= 0, count <= remaining / size else {
            throw TrafficError(.badReply, "SUMO's reply announces \(count) values at byte \(offset) and has \(remaining) bytes left")
        }
        return count
    }

    mutating func double() throws(TrafficError) -> Double {
        var value: UInt64 = 0
        for byte in try take(8) { value = value << 8 | UInt64(byte) }
        return Double(bitPattern: value)
    }

    mutating func string() throws(TrafficError) -> String { String(decoding: try rawString(), as: UTF8.self) }

    mutating func rawString() throws(TrafficError) -> ArraySlice<UInt8> { try take(try count(ofSize: 1)) }

    /// The body of the command that starts here, behind its length.
    mutating func command() throws(TrafficError) -> TraCIReader {
        let short = Int(try byte())
        let length = short > 0 ? short - 1 : try int() - 5
        guard length >= 1, length <= remaining else {
            throw TrafficError(.badReply, "SUMO's reply has a part of \(length) bytes at byte \(offset), of \(remaining) that are left")
        }
        return TraCIReader(try take(length))
    }
}
