/// Numbers as devices write them.
enum NumberText {
    private static let powers: [Double] = (0...15).reduce(into: [1]) { powers, _ in powers.append(powers[powers.count - 1] * 10) }

    /// The finite number that bytes are, blank space around it aside; nil for anything else. Up to 15 digits are read without a detour over text.
    static func number(_ bytes: some RandomAccessCollection<UInt8>) -> Double? {
        var (digits, count, places, isFraction, isNegative) = (0, 0, 0, false, false)
        for (at, byte) in bytes.enumerated() {
            switch byte {
            case 0x30...0x39:
                digits = digits &* 10 &+ Int(byte &- 0x30)
                count += 1
                places += isFraction ? 1 : 0
            case UInt8(ascii: ".") where !isFraction: isFraction = true
            case UInt8(ascii: "-") where at == 0: isNegative = true
            default: return slowly(bytes)
            }
            if count > 15 { return slowly(bytes) }
        }
        guard count > 0 else { return nil }
        let magnitude = Double(digits) / powers[places]
        return isNegative ? -magnitude : magnitude
    }

    private static func slowly(_ bytes: some RandomAccessCollection<UInt8>) -> Double? {
        guard bytes.count <= 64 else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmed
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        let plain = text.hasSuffix(".") ? text + "0" : text
        guard let number = Double(plain), number.isFinite else { return nil }
        return number
    }
}

extension String {
    /// Without the blank space around it; the text itself where there is none.
    var trimmed: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else { return self }
        let start = utf8.firstIndex { !isBlank($0) } ?? endIndex
        let end = utf8.lastIndex { !isBlank($0) }.map { utf8.index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
