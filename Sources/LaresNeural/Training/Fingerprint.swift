/// 64 bits that follow from what they were fed (FNV-1a): tells the data of one training from that of another. No protection against forgers.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The bits so far.
    public private(set) var bits: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Of nothing yet.
    public init() {}

    /// Of numbers.
    public init(of numbers: [Int32]) { numbers.withUnsafeBytes { add($0) } }

    /// Takes more bytes.
    public mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { bits = (bits ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// In hexadecimal digits.
    public var description: String { String(bits, radix: 16) }
}
